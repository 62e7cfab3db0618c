'use client'
// What the device watches, with a present picture of each; adding, changing and removing.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import type { DeviceDetail } from '@sam3-fleet/shared/fleet/device-view'
import { formatAge } from '../../../lib/time.ts'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { Section } from '../../../ui/heading.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { SourceRemoval } from './source-removal.tsx'
import { SourceRow } from './source-row.tsx'

/** Sources change by hand; the live figures come with the device's status. */
const REFETCH_MS = 15_000

type Over = { kind: 'edit'; source: SourceRecord | null } | { kind: 'remove'; source: SourceRecord } | null

export interface SourcesSectionProps {
  device: DeviceDetail
  reachable: boolean
}

export function SourcesSection({ device, reachable }: SourcesSectionProps) {
  const t = useTranslations('device.sources')
  const trpc = useTRPC()
  const { deviceId } = device
  const [over, setOver] = useState<Over>(null)
  const sources = useQuery(trpc.sources.list.queryOptions({ deviceId }, { refetchInterval: REFETCH_MS }))
  const add = (
    <Button onPress={() => setOver({ kind: 'edit', source: null })} isDisabled={!reachable}>
      {t('add')}
    </Button>
  )
  return (
    <Section title={t('title')} id="sources" aside={add}>
      {sources.data ? (
        <>
          {sources.data.from === 'copy' ? (
            <p className="pt-2 text-muted">
              {sources.data.ageMs === null
                ? t('copyNever')
                : t('copy', { age: formatAge(sources.data.ageMs) })}
            </p>
          ) : null}
          {sources.data.sources.length === 0 ? (
            sources.data.from === 'device' ? (
              <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
            ) : (
              <Notice title={t('copyEmpty')}>{t('copyEmptyWhy')}</Notice>
            )
          ) : (
            <ul>
              {sources.data.sources.map((source) => (
                <SourceRow
                  key={source.id}
                  deviceId={deviceId}
                  source={source}
                  live={device.status?.sources.find(({ id }) => id === source.id) ?? null}
                  reachable={reachable}
                  onEdit={() => setOver({ kind: 'edit', source })}
                  onRemove={() => setOver({ kind: 'remove', source })}
                />
              ))}
            </ul>
          )}
        </>
      ) : sources.isError ? (
        <FailureNotice
          what={t('failed')}
          failure={readFailure(sources.error)}
          onRetry={() => void sources.refetch()}
        />
      ) : (
        <SkeletonRows rows={4} label={t('loading')} />
      )}
      {over?.kind === 'edit' ? (
        <SourceDialog device={device} source={over.source} onClose={() => setOver(null)} />
      ) : null}
      {over?.kind === 'remove' ? (
        <SourceRemoval deviceId={deviceId} source={over.source} onClose={() => setOver(null)} />
      ) : null}
    </Section>
  )
}
