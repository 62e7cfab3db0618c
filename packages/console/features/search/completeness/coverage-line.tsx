'use client'
// One sentence on how complete the answer is; every device behind it on demand.
import { ChevronRight } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { Coverage } from '@sam3-fleet/shared/search/find'
import { formatCount, UNKNOWN } from '../../../lib/quantity.ts'
import { formatInstant, zoneName } from '../../../lib/time.ts'
import { useNow, useZone } from '../../../ui/clock.tsx'
import { Instant } from '../../../ui/instant.tsx'
import { StateMark, type Mark } from '../../../ui/state-mark.tsx'
import { coverageSentence } from './coverage-sentence.ts'

const MARKS: Record<Coverage['state'], Mark> = {
  complete: 'good',
  behind: 'warn',
  offline: 'bad',
  unknown: 'none',
}

export function CoverageLine({ coverage }: { coverage: readonly Coverage[] }) {
  const t = useTranslations('coverage')
  const zone = useZone()
  const nowMs = useNow()
  const time = (atMs: number): string => `${formatInstant(atMs, { zone, nowMs })} ${zoneName(zone, atMs)}`
  return (
    <details className="group border-b pb-2">
      <summary className="flex min-h-6 list-none items-start gap-1.5 text-muted marker:hidden hover:text-ink">
        <ChevronRight
          aria-hidden
          size={14}
          className="mt-1 shrink-0 transition-transform group-open:rotate-90"
        />
        <span role="status" aria-live="polite">
          {coverageSentence(coverage, { t, time })}
        </span>
      </summary>
      <div className="mt-2 overflow-x-auto" tabIndex={0} role="group" aria-label={t('detail')}>
        <table className="w-full min-w-max text-left">
          <caption className="sr-only">{t('label')}</caption>
          <thead className="text-sm text-muted">
            <tr>
              {(['device', 'state', 'completeToColumn', 'behindColumn', 'askedColumn'] as const).map(
                (key) => (
                  <th key={key} scope="col" className="py-1 pr-6 font-normal">
                    {t(key)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {coverage.map((device) => (
              <tr key={device.deviceId} className="border-t">
                <th scope="row" className="py-1 pr-6 font-normal">
                  {device.deviceName}
                </th>
                <td className="pr-6">
                  <StateMark mark={MARKS[device.state]}>{t(`states.${device.state}`)}</StateMark>
                </td>
                <td className="pr-6">
                  {device.completeTo ? <Instant at={device.completeTo} withZone /> : UNKNOWN}
                </td>
                <td className="pr-6">{formatCount(device.behind)}</td>
                <td>{t(`answered.${device.answered}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
