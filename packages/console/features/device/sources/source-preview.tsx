'use client'
// A present picture of a source, asked of the device: once when shown, then on request.
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { Instant } from '../../../ui/instant.tsx'

/** Twice its place on the page, for dense screens. */
const WIDTH_PX = 384

export interface SourcePreviewProps {
  deviceId: string
  source: SourceRecord
  reachable: boolean
}

export function SourcePreview({ deviceId, source, reachable }: SourcePreviewProps) {
  const t = useTranslations('device.sources')
  const trpc = useTRPC()
  const preview = useQuery(
    trpc.devices.preview.queryOptions(
      { deviceId, sourceId: source.id, maxWidth: WIDTH_PX },
      // Every picture costs the device: no asking again by itself.
      { enabled: reachable, staleTime: Number.POSITIVE_INFINITY, retry: false },
    ),
  )
  const image = preview.data?.image
  return (
    <div className="relative flex h-27 w-48 shrink-0 items-center justify-center overflow-hidden rounded-md border bg-surface text-center text-sm text-muted">
      {image ? (
        // oxlint-disable-next-line nextjs/no-img-element -- a picture in the address itself cannot be optimised
        <img
          src={`data:${image.contentType};base64,${image.base64}`}
          alt={t('previewAlt', { name: source.name })}
          className="size-full object-contain"
        />
      ) : (
        <span className="p-2">
          {preview.isError
            ? t('previewFailed', { reason: readFailure(preview.error).message })
            : preview.isFetching
              ? t('previewLoading')
              : t('previewNone')}
        </span>
      )}
      {image?.atMs ? (
        <span className="absolute bottom-0 left-0 bg-ground/85 px-1.5 text-xs text-ink">
          <Instant at={image.atMs} />
        </span>
      ) : null}
      {reachable ? (
        <span className="absolute right-0 bottom-0 bg-ground/85">
          <Button
            look="quiet"
            isDisabled={preview.isFetching}
            onPress={() => void preview.refetch()}
            aria-label={t('refresh', { name: source.name })}
          >
            <RotateCw aria-hidden size={13} />
          </Button>
        </span>
      ) : null}
    </div>
  )
}
