'use client'
// Entries that could never be applied, newest first, each with its reason and the entry as it came.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import { readFailure } from '../../trpc/failure.ts'
import { Button } from '../../ui/button.tsx'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { Section } from '../../ui/heading.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'

const PAGE_SIZE = 50
const PLACEHOLDER_ROWS = 2

/** @param rejects how many the heartbeat counts: another number asks for the list again. */
export function Quarantine({ rejects }: { rejects: number | null }) {
  const t = useTranslations('sync.quarantine')
  const trpc = useTRPC()
  const quarantine = useInfiniteQuery(
    trpc.sync.quarantine.infiniteQueryOptions(
      { limit: PAGE_SIZE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  )
  const { refetch } = quarantine
  const known = useRef(rejects)
  useEffect(() => {
    if (known.current !== null && known.current !== rejects) void refetch()
    known.current = rejects ?? known.current
  }, [rejects, refetch])
  const items = quarantine.data?.pages.flatMap((page) => page.items)
  return (
    <Section id="quarantine" title={t('title')}>
      {items === undefined ? (
        quarantine.isError ? (
          <FailureNotice
            what={t('failed')}
            failure={readFailure(quarantine.error)}
            onRetry={() => void quarantine.refetch()}
          />
        ) : (
          <SkeletonRows rows={PLACEHOLDER_ROWS} label={t('loading')} />
        )
      ) : items.length === 0 ? (
        <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
      ) : (
        <>
          <p className="py-2 text-muted">{t('why')}</p>
          <ul>
            {items.map((item) => (
              <li key={`${item.epoch}${item.seq}`} className="border-t">
                <details>
                  <summary className="flex min-h-8 flex-wrap items-baseline gap-x-4 py-1.5 hover:bg-surface">
                    <span>{item.deviceName}</span>
                    <span className="text-muted">
                      {item.kind} #{item.seq}
                    </span>
                    <span className="text-warn">{item.reason}</span>
                    <span className="font-mono text-xs text-muted">{item.code}</span>
                    <span className="ml-auto text-sm text-muted">
                      <Instant at={item.at} withZone />
                    </span>
                  </summary>
                  <pre
                    tabIndex={0}
                    aria-label={t('raw')}
                    className="mb-2 max-h-60 overflow-auto bg-surface p-3 font-mono text-xs"
                  >
                    {item.raw}
                  </pre>
                </details>
              </li>
            ))}
          </ul>
          {quarantine.hasNextPage ? (
            <Button className="mt-3" onPress={() => void quarantine.fetchNextPage()}>
              {t('more')}
            </Button>
          ) : null}
        </>
      )}
    </Section>
  )
}
