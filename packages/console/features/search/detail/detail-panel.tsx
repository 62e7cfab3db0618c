'use client'
// One sighting in full, beside the grid: its picture, where and when, how the words came about, and what to do next.
import { useQuery } from '@tanstack/react-query'
import { ScanSearch, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import type { Ref } from '../question.ts'
import { CopyLink } from './copy-link.tsx'
import { SightingFacts } from './sighting-facts.tsx'
import { SightingPicture } from './sighting-picture.tsx'

const PLACEHOLDER_ROWS = 8

export interface DetailPanelProps {
  target: Ref
  onClose: () => void
  onSimilar: () => void
}

export function DetailPanel({ target, onClose, onSimilar }: DetailPanelProps) {
  const t = useTranslations('detail')
  const trpc = useTRPC()
  const detail = useQuery(trpc.sightings.byId.queryOptions(target))
  const panel = useRef<HTMLElement>(null)
  // On one column the panel stands below the grid: bring it into view; beside the grid this moves nothing.
  useEffect(() => {
    // Some browsers answer with a promise, which React would take for a clean-up.
    panel.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <aside
      ref={panel}
      aria-label={t('label')}
      className="max-lg:mt-6 max-lg:border-t max-lg:pt-2 lg:sticky lg:top-14 lg:max-h-[calc(100vh-4rem)] lg:self-start lg:overflow-y-auto lg:border-l lg:pl-5"
    >
      <div className="flex items-center gap-2 pb-2">
        <Button look="primary" onPress={onSimilar}>
          <ScanSearch aria-hidden size={15} />
          {t('similar')}
        </Button>
        <CopyLink />
        <Button look="quiet" className="ml-auto" onPress={onClose} aria-label={t('close')}>
          <X aria-hidden size={16} />
        </Button>
      </div>
      {detail.data ? (
        <>
          <h2 className="text-md font-semibold">{detail.data.result.description}</h2>
          <div className="mt-3 mb-4 border-b pb-4">
            <SightingPicture detail={detail.data} />
          </div>
          <SightingFacts detail={detail.data} />
        </>
      ) : detail.isError ? (
        <FailureNotice
          what={t('failed')}
          failure={readFailure(detail.error)}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <>
          <div className="skeleton mb-4 h-56" />
          <SkeletonRows rows={PLACEHOLDER_ROWS} label={t('loading')} />
        </>
      )}
    </aside>
  )
}
