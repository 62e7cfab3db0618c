'use client'
// Nothing found: what was searched, and what would widen it, each one press away.
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { Coverage } from '@sam3-fleet/shared/search/find'
import { paths } from '../../../lib/paths.ts'
import { buttonClass } from '../../../ui/button-class.ts'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { hasFilters, type Question } from '../question.ts'

export interface NothingFoundProps {
  question: Question
  coverage: readonly Coverage[]
  onChange: (part: Partial<Question>) => void
}

type FilterKey = 'device' | 'source' | 'labels' | 'time' | 'confidence'

export function NothingFound({ question, coverage, onChange }: NothingFoundProps) {
  const t = useTranslations('search')
  const f = useTranslations('filters')
  const filtered = hasFilters(question)
  const words = question.q.trim()
  if (!filtered && words === '' && question.like === null)
    return (
      <Notice
        title={t('empty.nothingYet')}
        actions={
          <Link className={buttonClass()} href={paths.fleet()}>
            {t('empty.toFleet')}
          </Link>
        }
      >
        {t('empty.nothingYetWhy')}
      </Notice>
    )
  const set = setFilters(question)
  const what = question.like ? t('empty.similar') : words ? t('empty.words', { words }) : t('empty.anything')
  const scope = t(question.device.length > 0 ? 'empty.scopeSome' : 'empty.scopeAll', {
    count: coverage.length,
  })
  return (
    <Notice
      title={t('found', { count: 0 })}
      actions={
        <>
          <span className="text-muted">{t('empty.widen')}</span>
          {set.map((key) => (
            <Button key={key} onPress={() => onChange(WITHOUT[key])}>
              {t('empty.drop', { filter: f(key) })}
            </Button>
          ))}
          {set.length > 1 ? (
            <Button
              onPress={() => onChange(Object.assign({}, ...Object.values(WITHOUT)) as Partial<Question>)}
            >
              {t('empty.dropAll')}
            </Button>
          ) : null}
          {words !== '' && filtered ? (
            <Button onPress={() => onChange({ q: '' })}>{t('empty.dropWords')}</Button>
          ) : null}
          {!filtered ? (
            <Button onPress={() => onChange({ q: '', like: null })}>{f('clearAll')}</Button>
          ) : null}
        </>
      }
    >
      <p>{t('empty.asked', { scope, what })}</p>
      {filtered ? (
        <p>{t('empty.filtered', { filters: set.map((key) => f(key).toLowerCase()).join(', ') })}</p>
      ) : null}
    </Notice>
  )
}

const WITHOUT: Record<FilterKey, Partial<Question>> = {
  device: { device: [] },
  source: { source: [] },
  labels: { label: [] },
  time: { range: null, from: null, to: null },
  confidence: { conf: null },
}

function setFilters(question: Question): FilterKey[] {
  const isSet: Record<FilterKey, boolean> = {
    device: question.device.length > 0,
    source: question.source.length > 0,
    labels: question.label.length > 0,
    time: question.range !== null || question.from !== null || question.to !== null,
    confidence: question.conf !== null,
  }
  return (Object.keys(isSet) as FilterKey[]).filter((key) => isSet[key])
}
