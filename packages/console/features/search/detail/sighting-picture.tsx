'use client'
// The crop as the centre has it; on request the whole frame from the device, with the object marked in it.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { SightingDetail } from '@sam3-fleet/shared/search/sighting-detail'
import { imageSource } from '../../../lib/image-source.ts'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { FramePlace } from '../../../ui/frame-place.tsx'
import { Crop } from '../results/crop.tsx'

export function SightingPicture({ detail: { result } }: { detail: SightingDetail }) {
  const t = useTranslations('detail')
  const trpc = useTRPC()
  const [wanted, setWanted] = useState(false)
  const { deviceId, sightingId } = result
  const frame = useQuery(
    trpc.sightings.frame.queryOptions(
      { deviceId, sightingId, what: 'frame' },
      { enabled: wanted, staleTime: Number.POSITIVE_INFINITY, retry: false },
    ),
  )
  const image = frame.data?.image
  return (
    <>
      {image ? (
        <MarkedFrame
          src={imageSource(image)}
          size={image}
          bbox={result.bbox}
          alt={t('frameAlt', { description: result.description })}
        />
      ) : (
        <div className="h-64 overflow-hidden rounded-md border bg-surface">
          <Crop result={result} alt={result.description} />
        </div>
      )}
      {image ? null : (
        <div className="mt-2 flex items-center gap-3">
          <FramePlace bbox={result.bbox} label={t('place')} className="w-24 shrink-0" />
          <div>
            <Button
              isDisabled={frame.isFetching}
              onPress={() => (wanted ? void frame.refetch() : setWanted(true))}
            >
              {frame.isFetching ? t('fetching', { device: result.deviceName }) : t('frame')}
            </Button>
            {frame.data && image === null ? (
              <p role="status" className="mt-1 text-muted">
                {t('frameGone')}
              </p>
            ) : null}
          </div>
        </div>
      )}
      {frame.isError && !frame.isFetching ? (
        <FailureNotice what={t('frameFailed')} failure={readFailure(frame.error)} />
      ) : null}
    </>
  )
}

interface MarkedFrameProps {
  src: string
  alt: string
  size: { width: number; height: number }
  bbox: readonly [number, number, number, number]
}

const percent = (share: number): string => `${share * 100}%`

function MarkedFrame({ src, alt, size, bbox: [x, y, w, h] }: MarkedFrameProps) {
  return (
    <div className="relative overflow-hidden rounded-md border">
      {/* oxlint-disable-next-line nextjs/no-img-element -- a picture in the address itself cannot be optimised */}
      <img src={src} alt={alt} width={size.width} height={size.height} className="block h-auto w-full" />
      <span
        aria-hidden
        className="absolute border-2 border-accent outline outline-black/60"
        style={{ left: percent(x), top: percent(y), width: percent(w), height: percent(h) }}
      />
    </div>
  )
}
