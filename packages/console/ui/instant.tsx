'use client'
// An instant or a stretch of time as text, in the reader's zone; the whole of it with the zone on hover.
import { formatAge, formatInstant, formatSpan, zoneName } from '../lib/time.ts'
import { useNow, useZone } from './clock.tsx'

export function Instant({ at, withZone = false }: { at: string | number; withZone?: boolean }) {
  const zone = useZone()
  const nowMs = useNow()
  const atMs = typeof at === 'number' ? at : Date.parse(at)
  const iso = new Date(atMs).toISOString()
  const name = zoneName(zone, atMs)
  return (
    <time dateTime={iso} title={`${formatInstant(atMs, { zone, nowMs })} ${name} (${iso})`}>
      {formatInstant(atMs, { zone, nowMs })}
      {withZone ? ` ${name}` : ''}
    </time>
  )
}

export function Span({ from, to, withZone = false }: { from: string; to: string; withZone?: boolean }) {
  const zone = useZone()
  const nowMs = useNow()
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  return (
    <time dateTime={from} title={`${from} – ${to}`}>
      {formatSpan(fromMs, toMs, { zone, nowMs })}
      {withZone ? ` ${zoneName(zone, fromMs)}` : ''}
    </time>
  )
}

/** How long ago, by this browser's clock. */
export function Age({ at }: { at: string | number }) {
  const nowMs = useNow()
  const atMs = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time dateTime={new Date(atMs).toISOString()} title={new Date(atMs).toISOString()}>
      {formatAge(nowMs - atMs)}
    </time>
  )
}
