'use client'
// The time filter as short words.
import { useTranslations } from 'next-intl'
import { formatInstant, formatSpan } from '../../../lib/time.ts'
import { useNow, useZone } from '../../../ui/clock.tsx'
import type { Question } from '../question.ts'

export function useTimeWords(): (question: Question) => string | null {
  const t = useTranslations('filters')
  const zone = useZone()
  const nowMs = useNow()
  return ({ range, from, to }) => {
    if (range) return t(`range.${range}`)
    const [fromMs, toMs] = [Date.parse(from ?? ''), Date.parse(to ?? '')]
    const say = (atMs: number): string => formatInstant(atMs, { zone, nowMs })
    if (!Number.isNaN(fromMs) && !Number.isNaN(toMs)) return formatSpan(fromMs, toMs, { zone, nowMs })
    if (!Number.isNaN(fromMs)) return t('since', { time: say(fromMs) })
    return Number.isNaN(toMs) ? null : t('until', { time: say(toMs) })
  }
}
