'use client'
// One device: how it is, what it watches, what it works on, what it saw.
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { paths } from '../../lib/paths.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { readFailure } from '../../trpc/failure.ts'
import { Banner } from '../../ui/banner.tsx'
import { buttonClass } from '../../ui/button-class.ts'
import { DeviceState } from '../../ui/device-state.tsx'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { PageHeading } from '../../ui/heading.tsx'
import { Age } from '../../ui/instant.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { AboutDevice } from './about-device.tsx'
import { DeviceFigures } from './device-figures.tsx'
import { JobsSection } from './jobs/jobs-section.tsx'
import { RecentSection } from './recent-section.tsx'
import { SourcesSection } from './sources/sources-section.tsx'
import { UploadSection } from './upload/upload-section.tsx'

/** As often as devices say how they are, about. */
const REFETCH_MS = 3_000
const SKELETON_ROWS = 6

export function DeviceView({ deviceId }: { deviceId: string }) {
  const t = useTranslations('device')
  const trpc = useTRPC()
  const device = useQuery(trpc.devices.byId.queryOptions({ deviceId }, { refetchInterval: REFETCH_MS }))
  if (!device.data)
    return (
      <>
        <PageHeading>{deviceId}</PageHeading>
        {device.isError ? (
          <FailureNotice
            what={readFailure(device.error).code === 'NOT_FOUND' ? t('unknown') : t('failed')}
            failure={readFailure(device.error)}
            onRetry={() => void device.refetch()}
          />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} label={t('loading')} />
        )}
      </>
    )
  const { data } = device
  const reachable = data.state === 'online' || data.state === 'behind'
  return (
    <>
      <nav aria-label={t('fleet')} className="pt-3 text-sm text-muted">
        <Link href={paths.fleet()} className="hover:text-ink">
          {t('fleet')}
        </Link>
        <span aria-hidden> / </span>
      </nav>
      <PageHeading
        aside={
          <Link className={buttonClass()} href={paths.searchDevice(deviceId)}>
            {t('search')}
          </Link>
        }
      >
        {data.name}
      </PageHeading>
      <p className="flex flex-wrap items-center gap-x-3">
        <DeviceState state={data.state} detail={data.stateDetail} />
        <span className="text-muted">{data.stateDetail}</span>
      </p>
      <div className="mt-2 grid gap-1">
        {device.isError ? (
          <Banner tone="warn">{t.rich('outdated', { age: () => <Age at={device.dataUpdatedAt} /> })}</Banner>
        ) : null}
        {reachable ? null : data.heardAt === null ? (
          <Banner tone="warn">{t('offlineNever', { name: data.name })}</Banner>
        ) : (
          <Banner tone="bad">
            {t.rich('offline', { name: data.name, age: () => <Age at={data.heardAt ?? ''} /> })}
          </Banner>
        )}
        {data.warnings.map((warning) => (
          <Banner key={warning} tone="warn">
            {warning}
          </Banner>
        ))}
      </div>
      <DeviceFigures device={data} />
      <div className="grid gap-x-10 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0">
          <SourcesSection device={data} reachable={reachable} />
          <RecentSection deviceId={deviceId} />
        </div>
        <div className="min-w-0">
          <UploadSection deviceId={deviceId} reachable={reachable} />
          <JobsSection deviceId={deviceId} status={data.status} />
          <AboutDevice device={data} />
        </div>
      </div>
    </>
  )
}
