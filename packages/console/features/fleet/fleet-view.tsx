'use client'
// Every device as one row, drawn only where the reader looks, so that ten thousand stay quick.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { parseAsString, useQueryState } from 'nuqs'
import { useDeferredValue, useEffect } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { readFailure } from '../../trpc/failure.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { PageHeading } from '../../ui/heading.tsx'
import { Age } from '../../ui/instant.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { inputClass } from '../../ui/text-field.tsx'
import { FleetTable } from './fleet-table.tsx'
import { FLEET_PAGE, FLEET_REFETCH_MS } from './fleet-page-size.ts'

const SKELETON_ROWS = 8

export function FleetView() {
  const t = useTranslations('fleet')
  const trpc = useTRPC()
  const [q, setQ] = useQueryState('q', parseAsString.withDefault(''))
  const wanted = useDeferredValue(q.trim())
  const fleet = useInfiniteQuery(
    trpc.devices.list.infiniteQueryOptions(
      { limit: FLEET_PAGE, ...(wanted === '' ? {} : { q: wanted }) },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        refetchInterval: FLEET_REFETCH_MS,
        placeholderData: keepPreviousData,
      },
    ),
  )
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = fleet
  useEffect(() => {
    // The list is drawn as it is scrolled, but filtered and counted as a whole.
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  const devices = fleet.data?.pages.flatMap((page) => page.devices) ?? []
  return (
    <>
      <PageHeading
        aside={
          <div className="flex min-w-0 items-center gap-4">
            <span role="status" className="whitespace-nowrap text-muted">
              {fleet.data ? t('count', { count: devices.length }) : ''}
            </span>
            <input
              type="search"
              value={q}
              onChange={(event) => void setQ(event.target.value || null)}
              aria-label={t('filter')}
              placeholder={t('filter')}
              className={`${inputClass} w-56`}
            />
          </div>
        }
      >
        {t('title')}
      </PageHeading>
      {fleet.isError && fleet.data ? (
        <Banner tone="warn">{t.rich('outdated', { age: () => <Age at={fleet.dataUpdatedAt} /> })}</Banner>
      ) : null}
      {fleet.isPending ? (
        <SkeletonRows rows={SKELETON_ROWS} label={t('loading')} />
      ) : !fleet.data ? (
        <FailureNotice
          what={t('failed')}
          failure={readFailure(fleet.error)}
          onRetry={() => void fleet.refetch()}
        />
      ) : devices.length > 0 ? (
        <FleetTable devices={devices} />
      ) : wanted === '' ? (
        <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
      ) : (
        <Notice
          title={t('noMatch', { q: wanted })}
          actions={<Button onPress={() => void setQ(null)}>{t('clear')}</Button>}
        >
          {t('noMatchWhy')}
        </Notice>
      )}
    </>
  )
}
