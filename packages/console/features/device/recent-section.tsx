'use client'
// What the device saw last, each leading to the search opened at it.
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { paths } from '../../lib/paths.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { readFailure } from '../../trpc/failure.ts'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { Section } from '../../ui/heading.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'

const SHOWN = 12
/** Recent is what came since one looked; the question also asks the device itself when it is behind. */
const REFETCH_MS = 15_000

export function RecentSection({ deviceId }: { deviceId: string }) {
  const t = useTranslations('device.recent')
  const trpc = useTRPC()
  const recent = useQuery(
    trpc.search.find.queryOptions(
      { limit: SHOWN, filters: { devices: [deviceId] } },
      { refetchInterval: REFETCH_MS },
    ),
  )
  return (
    <Section
      title={t('title')}
      id="recent"
      aside={
        <Link href={paths.searchDevice(deviceId)} className="text-muted hover:text-ink">
          {t('all')}
        </Link>
      }
    >
      {recent.data ? (
        recent.data.results.length === 0 ? (
          <Notice title={t('empty')}>{t('emptyWhy')}</Notice>
        ) : (
          <ul>
            {recent.data.results.map((result) => (
              <li key={result.sightingId} className="border-b">
                <Link href={paths.sighting(result)} className="flex h-10 items-center gap-3 hover:bg-surface">
                  <span className="flex h-9 w-12 shrink-0 items-center justify-center bg-surface">
                    {result.media?.state === 'ready' ? (
                      // oxlint-disable-next-line nextjs/no-img-element -- at most 16 KB, as the centre has it
                      <img src={result.media.path} alt="" className="max-h-full max-w-full" loading="lazy" />
                    ) : null}
                  </span>
                  <span className="truncate">{result.description}</span>
                  <span className="ml-auto shrink-0 text-sm text-muted max-sm:hidden">
                    {result.sourceName}
                  </span>
                  <span className="shrink-0 text-sm text-muted">
                    <Instant at={result.lastSeen} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )
      ) : recent.isError ? (
        <FailureNotice
          what={t('failed')}
          failure={readFailure(recent.error)}
          onRetry={() => void recent.refetch()}
        />
      ) : (
        <SkeletonRows rows={4} label={t('loading')} />
      )}
    </Section>
  )
}
