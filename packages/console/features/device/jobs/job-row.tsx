'use client'
// One job: what is searched for what, how it was understood, how far it is, and the way to stop it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { JobRecord, JobStatus } from '@sam3-fleet/shared/domain/job'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { Instant } from '../../../ui/instant.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { StateMark, type Mark } from '../../../ui/state-mark.tsx'

const MARKS: Record<JobStatus, Mark> = {
  queued: 'none',
  processing: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'none',
}

export interface JobRowProps {
  deviceId: string
  job: JobRecord
  progress: number
}

export function JobRow({ deviceId, job, progress }: JobRowProps) {
  const t = useTranslations('device.jobs')
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const cancel = useMutation(
    trpc.jobs.cancel.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.jobs.list.queryFilter({ deviceId })),
    }),
  )
  const isActive = job.status === 'queued' || job.status === 'processing'
  return (
    <li className="border-b py-2">
      <p className="flex items-center gap-3">
        <span className="truncate font-medium">{job.textPrompt ?? t('everything')}</span>
        <span className="ml-auto">
          <StateMark mark={MARKS[job.status]}>{t(`status.${job.status}`)}</StateMark>
        </span>
        {isActive ? (
          <Button
            look="quiet"
            isDisabled={cancel.isPending}
            onPress={() => cancel.mutate({ deviceId, id: job.id })}
            aria-label={t('cancelNamed', { file: job.fileName })}
          >
            {t('cancel')}
          </Button>
        ) : null}
      </p>
      <p className="flex gap-3 text-muted">
        <span className="truncate">{job.fileName}</span>
        <span className="ml-auto shrink-0">
          <Instant at={job.createdAtMs} />
        </span>
      </p>
      {job.interpretation ? <p className="text-muted">{job.interpretation.summary}</p> : null}
      <p className="text-muted">{t('found', { sightings: job.sightings, frames: job.framesDone })}</p>
      {isActive ? <Progress share={progress} label={t('progress', { file: job.fileName })} /> : null}
      {job.error ? (
        <p className="text-bad">
          {job.error.message} {job.error.hint}
        </p>
      ) : null}
      {cancel.isError ? (
        <p role="alert" className="text-bad">
          {t('cancelFailed')}: {readFailure(cancel.error).message}
        </p>
      ) : null}
    </li>
  )
}
