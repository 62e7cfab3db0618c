'use client'
// The picture of a sighting at its own aspect in a place of fixed size; says why when there is none.
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { FindResult } from '@sam3-fleet/shared/search/find'
import { FramePlace } from '../../../ui/frame-place.tsx'

export interface CropProps {
  result: Pick<FindResult, 'media' | 'bbox' | 'description'>
  alt: string
}

export function Crop({ result: { media, bbox }, alt }: CropProps) {
  const t = useTranslations('search')
  const [brokenPath, setBrokenPath] = useState<string | null>(null)
  if (media && media.state === 'ready' && brokenPath !== media.path)
    return (
      // Pictures come from the centre as they are and are at most 16 KB.
      // oxlint-disable-next-line nextjs/no-img-element
      <img
        src={media.path}
        alt={alt}
        loading="lazy"
        decoding="async"
        onError={() => setBrokenPath(media.path)}
        className="size-full object-contain"
      />
    )
  return (
    <span className="flex size-full flex-col items-center justify-center gap-2 text-sm text-muted">
      <FramePlace bbox={bbox} className="w-20" />
      {media ? t('pending') : t('noPicture')}
    </span>
  )
}
