// The summary as one sentence that a person can read out.
import type { useTranslations } from 'next-intl'
import type { Coverage } from '@sam3-fleet/shared/search/find'
import { summariseCoverage, troubleKey } from './coverage-summary.ts'

type Translate = ReturnType<typeof useTranslations<'coverage'>>

export interface SentenceDeps {
  t: Translate
  /** An instant with its zone. */
  time: (atMs: number) => string
}

export function coverageSentence(coverage: readonly Coverage[], { t, time }: SentenceDeps): string {
  if (coverage.length === 0) return t('noDevices')
  const { total, complete, completeToMs, named, others } = summariseCoverage(coverage)
  const counts = { complete, total, whole: complete === total ? 'all' : 'some' }
  const whole =
    complete === 0
      ? t('noneComplete', { total })
      : completeToMs === null
        ? t('complete', counts)
        : t('completeTo', { time: time(completeToMs), ...counts })
  const troubles = named.map((device) => troubleOf(device, { t, time }))
  const rest = others > 0 ? [t('others', { others })] : []
  return `${[whole, ...troubles, ...rest].join('; ')}.`
}

export function troubleOf(device: Coverage, { t, time }: SentenceDeps): string {
  const key = troubleKey(device)
  const known = device.completeTo
  if (key === 'offline')
    return known === null
      ? t('offline', { name: device.deviceName })
      : t('offlineTo', { name: device.deviceName, time: time(Date.parse(known)) })
  return t(key, { name: device.deviceName, behind: device.behind })
}
