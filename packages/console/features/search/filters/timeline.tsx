'use client'
// Sightings over time under the filters, as bars of equal time; dragging over a part keeps only that time.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useRef, useState, type PointerEvent } from 'react'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import { formatInstant } from '../../../lib/time.ts'
import { useTRPC } from '../../../trpc/client.tsx'
import { useNow, useZone } from '../../../ui/clock.tsx'
import type { Question } from '../question.ts'
import { barsOf } from './timeline-bars.ts'

const BUCKETS = 120
const HEIGHT_PX = 32
/** A shorter drag is a click that slipped. */
const DRAG_MIN_SHARE = 0.005

export interface TimelineProps {
  filters: SearchFilters
  onRange: (part: Partial<Question>) => void
}

export function Timeline({ filters, onRange }: TimelineProps) {
  const t = useTranslations('timeline')
  const zone = useZone()
  const nowMs = useNow()
  const trpc = useTRPC()
  const timeline = useQuery(
    trpc.objects.timeline.queryOptions({ filters, buckets: BUCKETS }, { placeholderData: keepPreviousData }),
  )
  const svg = useRef<SVGSVGElement>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const line = timeline.data ? barsOf(timeline.data) : null

  const shareAt = (event: PointerEvent): number => {
    const box = svg.current?.getBoundingClientRect()
    return box ? Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) : 0
  }
  const finish = (): void => {
    setDrag(null)
    if (!drag || !line) return
    const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)]
    if (to - from < DRAG_MIN_SHARE) return
    const at = (share: number): string =>
      new Date(line.fromMs + share * (line.toMs - line.fromMs)).toISOString()
    onRange({ range: null, from: at(from), to: at(to) })
  }
  if (!line) return <div className="mt-3 h-12" aria-hidden />
  const say = (atMs: number): string => formatInstant(atMs, { zone, nowMs })
  return (
    <div className="mt-3 h-12 touch-pan-y">
      <svg
        ref={svg}
        role="img"
        aria-label={t('summary', { count: line.total, from: say(line.fromMs), to: say(line.toMs) })}
        viewBox={`0 0 ${BUCKETS} ${HEIGHT_PX}`}
        preserveAspectRatio="none"
        className="block h-8 w-full cursor-crosshair border-b border-edge"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          const share = shareAt(event)
          setDrag({ from: share, to: share })
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: shareAt(event) })}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(null)}
      >
        {line.bars.map(({ start, width, height, sightings, fromMs, toMs }) => (
          <rect
            key={fromMs}
            x={start * BUCKETS}
            y={HEIGHT_PX * (1 - height)}
            width={width * BUCKETS * 0.8}
            height={HEIGHT_PX * height}
            className="fill-muted"
          >
            <title>{t('bucket', { count: sightings, from: say(fromMs), to: say(toMs) })}</title>
          </rect>
        ))}
        {drag ? (
          <rect
            x={Math.min(drag.from, drag.to) * BUCKETS}
            width={Math.abs(drag.to - drag.from) * BUCKETS}
            y={0}
            height={HEIGHT_PX}
            className="fill-accent/30"
          />
        ) : null}
      </svg>
      <div aria-hidden className="flex justify-between text-xs text-muted">
        <span>{say(line.fromMs)}</span>
        <span>{say(line.toMs)}</span>
      </div>
    </div>
  )
}
