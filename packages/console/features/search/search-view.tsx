'use client'
// The search page: one box, filters, how it was understood, how complete the answer is, the finds, and one of them.
import { useTranslations } from 'next-intl'
import { parseAsBoolean, parseAsString, useQueryState, useQueryStates } from 'nuqs'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { isTyping } from '../../lib/keyboard.ts'
import { Banner } from '../../ui/banner.tsx'
import { join } from '../../ui/class-names.ts'
import { FailureNotice } from '../../ui/failure-notice.tsx'
import { CoverageLine } from './completeness/coverage-line.tsx'
import { DetailPanel } from './detail/detail-panel.tsx'
import { FilterBar } from './filters/filter-bar.tsx'
import { Timeline } from './filters/timeline.tsx'
import { askOf, filtersOf, questionParsers, readRef, refKey, type Question, type Ref } from './question.ts'
import { AnswerHead } from './results/answer-head.tsx'
import { NothingFound } from './results/nothing-found.tsx'
import { ResultGrid } from './results/result-grid.tsx'
import { ResultSkeleton } from './results/result-skeleton.tsx'
import { useAnswer } from './results/use-answer.ts'
import { SearchBox } from './search-box.tsx'

export function SearchView() {
  const t = useTranslations('search')
  const [question, setQuestion] = useQueryStates(questionParsers, { history: 'push' })
  const [openKey, setOpenKey] = useQueryState('open', parseAsString.withOptions({ history: 'push' }))
  const [showsWeak, setShowsWeak] = useQueryState('weak', parseAsBoolean.withDefault(false))
  const questionKey = JSON.stringify(question)
  const [asked, setAsked] = useState(() => ({ key: questionKey, nowMs: Date.now() }))
  // A relative range counts back from when it was asked, not from every render.
  if (asked.key !== questionKey) setAsked({ key: questionKey, nowMs: Date.now() })
  const ask = useMemo(() => askOf(JSON.parse(asked.key) as Question, asked.nowMs), [asked])
  const { answer, failure, isLoadingMore, showHeld, loadMore, askAgain } = useAnswer(ask)
  const openRef = useMemo(() => readRef(openKey), [openKey])

  const change = useCallback(
    (part: Partial<Question>) => {
      void setOpenKey(null)
      void setQuestion(part)
    },
    [setQuestion, setOpenKey],
  )
  const findSimilar = useCallback((ref: Ref) => change({ like: refKey(ref), q: '' }), [change])
  const open = useCallback(
    (ref: Ref | null) => void setOpenKey(ref === null ? null : refKey(ref)),
    [setOpenKey],
  )
  useEscape(openRef === null ? null : () => open(null))

  const isFirst = answer.latest === null
  const isEmpty = !isFirst && answer.shown.length === 0 && answer.held.length === 0
  return (
    <>
      <h1 className="sr-only">{t('title')}</h1>
      <div className="pt-4">
        <SearchBox
          words={question.q}
          onAsk={(q) => change({ q, ...(q === '' ? {} : { like: null }) })}
          busy={!answer.done && failure === null}
        />
        <FilterBar question={question} nowMs={asked.nowMs} onChange={change} />
        <Timeline filters={filtersOf(question, asked.nowMs)} onRange={change} />
      </div>
      <div className={join('mt-3 gap-6', openRef && 'lg:grid lg:grid-cols-[minmax(0,1fr)_26rem]')}>
        <div>
          {failure && !isFirst ? (
            <Banner tone="warn">{t('interrupted', { reason: failure.message })}</Banner>
          ) : null}
          {answer.latest ? (
            <>
              <AnswerHead answer={answer} />
              <CoverageLine coverage={answer.latest.coverage} />
            </>
          ) : null}
          {failure && isFirst ? (
            <FailureNotice what={t('failed')} failure={failure} onRetry={askAgain} />
          ) : isFirst ? (
            <ResultSkeleton label={t('searching')} />
          ) : isEmpty ? (
            answer.done ? (
              <NothingFound question={question} coverage={answer.latest?.coverage ?? []} onChange={change} />
            ) : (
              <ResultSkeleton label={t('waiting')} />
            )
          ) : (
            <ResultGrid
              answer={answer}
              openKey={openKey}
              showsWeak={showsWeak}
              isLoadingMore={isLoadingMore}
              onOpen={open}
              onSimilar={findSimilar}
              onShowHeld={showHeld}
              onShowWeak={(shows) => void setShowsWeak(shows || null)}
              onLoadMore={loadMore}
            />
          )}
        </div>
        {openRef ? (
          <DetailPanel
            key={openKey}
            target={openRef}
            onClose={() => open(null)}
            onSimilar={() => findSimilar(openRef)}
          />
        ) : null}
      </div>
    </>
  )
}

/** Escape closes what is open, but not from inside a field or a dialog, which use it themselves. */
function useEscape(close: (() => void) | null): void {
  const latest = useRef(close)
  useEffect(() => {
    latest.current = close
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isTyping(event.target)) latest.current?.()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
