'use client'
// Whether the heartbeat is live: its age each second, and an alarm when it stops.
import { useTranslations } from 'next-intl'
import { formatAge } from '../../lib/time.ts'
import { useNow } from '../../ui/clock.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import type { Heartbeat } from './use-heartbeat.ts'

/** The centre speaks at least every two seconds: two missed heartbeats and the way here. */
export const SILENT_AFTER_MS = 5_000

export function LinkState({ heartbeat: { heardAtMs, failure } }: { heartbeat: Heartbeat }) {
  const t = useTranslations('sync')
  const nowMs = useNow()
  if (heardAtMs === null) return null
  const ageMs = Math.max(0, nowMs - heardAtMs)
  const age = formatAge(ageMs)
  const isSilent = failure !== null || ageMs >= SILENT_AFTER_MS
  return (
    <>
      <StateMark mark={isSilent ? 'bad' : 'good'}>
        {isSilent ? t('silent', { age }) : t('live', { age })}
      </StateMark>
      {/* Said once, not every second. */}
      <span role="alert" className="sr-only">
        {isSilent ? t('lost') : ''}
      </span>
    </>
  )
}
