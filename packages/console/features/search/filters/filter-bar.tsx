'use client'
// The filters: each a button that opens what can be chosen, with the counts of what is there; what is set stands beside it.
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { formatShare } from '../../../lib/quantity.ts'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/button.tsx'
import { filtersOf, hasFilters, type Question } from '../question.ts'
import { ConfidenceFilter } from './confidence-filter.tsx'
import { FacetFilter } from './facet-filter.tsx'
import { FilterChip } from './filter-chip.tsx'
import { TimeFilter } from './time-filter.tsx'
import { useTimeWords } from './time-words.ts'

export interface FilterBarProps {
  question: Question
  nowMs: number
  onChange: (part: Partial<Question>) => void
}

/** A facet's values at most; the rest is reached by words. */
const FACETS_MAX = 500

type Facet = 'device' | 'source' | 'label'

export function FilterBar({ question, nowMs, onChange }: FilterBarProps) {
  const t = useTranslations('filters')
  const trpc = useTRPC()
  const timeWords = useTimeWords()
  const [opened, setOpened] = useState<ReadonlySet<Facet>>(new Set())
  const open = (facet: Facet): void => setOpened((before) => new Set(before).add(facet))

  const summary = (groupBy: Facet, own: Partial<Question>) =>
    trpc.objects.summary.queryOptions(
      // A facet counts under all filters but its own, or it would hide what else there is.
      { groupBy, filters: filtersOf({ ...question, ...own }, nowMs), limit: FACETS_MAX },
      { enabled: opened.has(groupBy) || question[groupBy].length > 0, placeholderData: (before) => before },
    )
  const devices = useQuery(summary('device', { device: [] }))
  const sources = useQuery(summary('source', { source: [] }))
  const labels = useQuery(summary('label', { label: [] }))

  const facets = [
    { facet: 'device', name: t('device'), query: devices },
    { facet: 'source', name: t('source'), query: sources },
    { facet: 'label', name: t('labels'), query: labels },
  ] as const
  const time = timeWords(question)

  return (
    <div role="group" aria-label={t('label')} className="mt-2 flex flex-wrap items-center gap-1.5">
      {facets.map(({ facet, name, query }) => (
        <FacetFilter
          key={facet}
          name={name}
          chosen={question[facet]}
          groups={query.data?.groups ?? null}
          failed={query.isError}
          onOpen={() => open(facet)}
          onChange={(chosen) => onChange({ [facet]: chosen })}
        />
      ))}
      <TimeFilter question={question} onChange={onChange} />
      <ConfidenceFilter least={question.conf} onChange={(conf) => onChange({ conf })} />
      {question.like ? <FilterChip onRemove={() => onChange({ like: null })}>{t('like')}</FilterChip> : null}
      {facets.flatMap(({ facet, query }) =>
        question[facet].map((key) => (
          <FilterChip
            key={`${facet}/${key}`}
            onRemove={() => onChange({ [facet]: question[facet].filter((one) => one !== key) })}
          >
            {query.data?.groups.find((group) => group.key === key)?.name ?? key}
          </FilterChip>
        )),
      )}
      {time ? (
        <FilterChip onRemove={() => onChange({ range: null, from: null, to: null })}>{time}</FilterChip>
      ) : null}
      {question.conf !== null ? (
        <FilterChip onRemove={() => onChange({ conf: null })}>
          {t('atLeast', { share: formatShare(question.conf) })}
        </FilterChip>
      ) : null}
      {hasFilters(question) || question.like ? (
        <Button
          look="quiet"
          onPress={() =>
            onChange({
              device: [],
              source: [],
              label: [],
              range: null,
              from: null,
              to: null,
              conf: null,
              like: null,
            })
          }
        >
          {t('clearAll')}
        </Button>
      ) : null}
    </div>
  )
}
