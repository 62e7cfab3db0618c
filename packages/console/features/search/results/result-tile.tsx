'use client'
// One find: what, where, when, how sure in a word, and how many detections it stands for.
import { useTranslations } from 'next-intl'
import type { MouseEvent, Ref as ReactRef } from 'react'
import type { FindResult } from '@sam3-fleet/shared/search/find'
import { paths } from '../../../lib/paths.ts'
import { formatInstant, zoneName } from '../../../lib/time.ts'
import { join } from '../../../ui/class-names.ts'
import { useNow, useZone } from '../../../ui/clock.tsx'
import { Crop } from './crop.tsx'

/** Height of the lines below the picture, in pixels: the grid is laid out before it is drawn. */
export const TILE_TEXT_PX = 72

export interface ResultTileProps {
  result: FindResult
  isOpen: boolean
  /** The one tile that Tab reaches. */
  isTabStop: boolean
  imageHeight: number
  ref: ReactRef<HTMLAnchorElement>
  onOpen: () => void
  onFocus: () => void
}

export function ResultTile({
  result,
  isOpen,
  isTabStop,
  imageHeight,
  ref,
  onOpen,
  onFocus,
}: ResultTileProps) {
  const t = useTranslations('search')
  const zone = useZone()
  const nowMs = useNow()
  const seenMs = Date.parse(result.lastSeen)
  const onClick = (event: MouseEvent): void => {
    // A new tab, window or download is the browser's.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onOpen()
  }
  return (
    <a
      ref={ref}
      href={paths.sighting(result)}
      tabIndex={isTabStop ? 0 : -1}
      aria-current={isOpen ? 'true' : undefined}
      onClick={onClick}
      onFocus={onFocus}
      className="group block rounded-md"
    >
      <span
        className={join(
          'block overflow-hidden rounded-md border bg-surface',
          isOpen ? 'border-accent' : 'border-line group-hover:border-edge',
        )}
        style={{ height: imageHeight }}
      >
        <Crop result={result} alt="" />
      </span>
      <span className="mt-1.5 block truncate" title={result.description}>
        {result.description}
      </span>
      <span className="block truncate text-sm text-muted">
        {result.deviceName} · {result.sourceName}
      </span>
      <span className="flex gap-2 text-sm text-muted">
        <span
          className="truncate"
          title={`${result.firstSeen} – ${result.lastSeen} (${zoneName(zone, seenMs)})`}
        >
          {formatInstant(seenMs, { zone, nowMs })}
        </span>
        <span className="ml-auto flex shrink-0 gap-2">
          {result.band ? (
            <span
              className={result.band === 'strong' ? 'text-ink' : ''}
              title={t('bandDetail', {
                similarity: (result.similarity ?? 0).toFixed(3),
                confidence: result.confidence.toFixed(2),
              })}
            >
              {t(`band.${result.band}`)}
            </span>
          ) : null}
          <span
            title={t('countDetail', { count: result.count })}
            aria-label={t('countDetail', { count: result.count })}
            role="img"
          >
            {t('count', { count: result.count })}
          </span>
        </span>
      </span>
    </a>
  )
}
