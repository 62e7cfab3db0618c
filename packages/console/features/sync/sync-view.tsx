'use client'
// The heartbeat of the fleet: how far the centre's copy follows every device, live, and plainly when it is not live.
import { useTranslations } from 'next-intl'
import { parseAsString, useQueryState } from 'nuqs'
import { formatAge } from '../../lib/time.ts'
import { formatByteRate, formatBytes, formatCount, formatRate } from '../../lib/quantity.ts'
import { Banner } from '../../ui/banner.tsx'
import { useNow } from '../../ui/clock.tsx'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { Figures } from '../../ui/facts.tsx'
import { PageHeading, Section } from '../../ui/heading.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { BacklogChart } from './backlog-chart.tsx'
import { HISTORY_MINUTES } from './backlog-history.ts'
import { LinkState } from './link-state.tsx'
import { Quarantine } from './quarantine.tsx'
import { SyncTable } from './sync-table.tsx'
import { useHeartbeat, type Heartbeat } from './use-heartbeat.ts'

/** As high as figures, line and a small table, so that the quarantine below stays where it is. */
const PLACEHOLDER_ROWS = 14

export function SyncView() {
  const t = useTranslations('sync')
  const heartbeat = useHeartbeat()
  const { status, failure } = heartbeat
  return (
    <>
      <PageHeading aside={<LinkState heartbeat={heartbeat} />}>{t('title')}</PageHeading>
      {status ? (
        <Beating heartbeat={heartbeat} status={status} />
      ) : failure ? (
        <FailureNotice what={t('failed')} failure={failure} />
      ) : (
        <SkeletonRows rows={PLACEHOLDER_ROWS} label={t('loading')} />
      )}
      <Quarantine rejects={status?.totals.rejects ?? null} />
    </>
  )
}

function Beating({ heartbeat, status }: { heartbeat: Heartbeat; status: NonNullable<Heartbeat['status']> }) {
  const t = useTranslations('sync')
  const nowMs = useNow()
  const [shown, setShown] = useQueryState('chart', parseAsString)
  const { totals, devices } = status
  const chosen = devices.find(({ deviceId }) => deviceId === shown)
  const connected = totals.devices - (totals.byState.offline ?? 0) - (totals.byState.awaiting ?? 0)
  const ageMs = heartbeat.heardAtMs === null ? 0 : nowMs - heartbeat.heardAtMs
  return (
    <>
      {heartbeat.failure ? <Banner tone="bad">{t('reconnecting', { age: formatAge(ageMs) })}</Banner> : null}
      <p className="text-muted">{t(status.durability)}</p>
      <Figures
        figures={[
          {
            name: t('totals.devices'),
            value: t('totals.reachable', { online: connected, total: totals.devices }),
            tone: connected < totals.devices ? 'warn' : undefined,
          },
          { name: t('totals.backlog'), value: formatCount(totals.backlogEntries) },
          { name: t('totals.bytes'), value: formatBytes(totals.backlogBytes) },
          { name: t('totals.entries'), value: formatRate(totals.entriesPerS) },
          { name: t('totals.rate'), value: formatByteRate(totals.bytesPerS) },
          {
            name: t('totals.rejects'),
            value: formatCount(totals.rejects),
            tone: totals.rejects > 0 ? 'warn' : undefined,
          },
          {
            name: t('totals.losses'),
            value: formatCount(totals.losses),
            tone: totals.losses > 0 ? 'bad' : undefined,
          },
          {
            name: t('totals.incidents'),
            value: formatCount(totals.incidents),
            tone: totals.incidents > 0 ? 'warn' : undefined,
          },
        ]}
      />
      {devices.length === 0 ? (
        <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
      ) : (
        <>
          <Section
            id="backlog"
            title={t('chart', { minutes: HISTORY_MINUTES })}
            aside={
              <label className="flex items-center gap-2 text-sm text-muted">
                {t('chartShow')}
                <select
                  value={chosen?.deviceId ?? ''}
                  onChange={(event) => void setShown(event.target.value || null)}
                  className="h-7 max-w-52 rounded-md border border-edge bg-raised px-2 text-base text-ink"
                >
                  <option value="">{t('chartAll')}</option>
                  {devices.map(({ deviceId, name }) => (
                    <option key={deviceId} value={deviceId}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            }
          >
            <BacklogChart
              history={heartbeat.history}
              deviceId={chosen?.deviceId ?? null}
              name={chosen?.name ?? t('chartAll')}
            />
          </Section>
          <Section id="devices" title={t('table')}>
            <SyncTable status={status} />
          </Section>
        </>
      )}
    </>
  )
}
