'use client'
// The jobs of a device, newest first, with their progress as the device last said it.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { SECOND_MS } from '../../../lib/time.ts'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { Section } from '../../../ui/heading.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { JobRow } from './job-row.tsx'

const JOBS_SHOWN = 20
const BUSY_REFETCH_MS = 2 * SECOND_MS
const IDLE_REFETCH_MS = 15 * SECOND_MS

export interface JobsSectionProps {
  deviceId: string
  status: DeviceStatus | null
}

export function JobsSection({ deviceId, status }: JobsSectionProps) {
  const t = useTranslations('device.jobs')
  const trpc = useTRPC()
  const jobs = useQuery(
    trpc.jobs.list.queryOptions(
      { deviceId, limit: JOBS_SHOWN },
      {
        refetchInterval: ({ state }) =>
          state.data?.jobs.some(({ job }) => job.status === 'queued' || job.status === 'processing')
            ? BUSY_REFETCH_MS
            : IDLE_REFETCH_MS,
      },
    ),
  )
  const outcome = jobs.data?.asked[0]?.outcome
  return (
    <Section title={t('title')} id="jobs">
      {jobs.data ? (
        jobs.data.jobs.length > 0 ? (
          <ul>
            {jobs.data.jobs.map(({ job }) => (
              <JobRow
                key={job.id}
                deviceId={deviceId}
                job={job}
                progress={status?.jobs.find(({ id }) => id === job.id)?.progress ?? job.progress}
              />
            ))}
          </ul>
        ) : outcome !== undefined && outcome !== 'answered' ? (
          <Notice tone="warn" title={t('unasked', { outcome: t(`outcomes.${outcome}`) })} />
        ) : (
          <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
        )
      ) : jobs.isError ? (
        <FailureNotice
          what={t('failed')}
          failure={readFailure(jobs.error)}
          onRetry={() => void jobs.refetch()}
        />
      ) : (
        <SkeletonRows rows={2} label={t('loading')} />
      )}
    </Section>
  )
}
