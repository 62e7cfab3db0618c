'use client'
// How the question was understood and how much was found, read out as it grows.
import { useTranslations } from 'next-intl'
import type { Answer } from './answer.ts'

export function AnswerHead({ answer }: { answer: Answer }) {
  const t = useTranslations('search')
  const { latest, shown, held, nextCursor } = answer
  if (!latest) return null
  const count = shown.length + held.length
  const { interpretation, timing } = latest
  // The sentence of the pack often names them already.
  const ignored = interpretation?.ignored.filter((word) => !interpretation.summary.includes(word)) ?? []
  return (
    <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 pb-1">
      <p role="status" aria-live="polite" className="font-medium">
        {t(nextCursor === null ? 'found' : 'foundMore', { count })}
      </p>
      {interpretation ? (
        <p>
          <span className="text-muted">{t('understood')}</span> {interpretation.summary}
          {ignored.length > 0 ? (
            <span className="text-muted"> {t('ignored', { words: ignored.join(', ') })}</span>
          ) : null}
        </p>
      ) : null}
      <p className="ml-auto text-sm text-muted">{t('foundIn', { ms: Math.round(timing.totalMs) })}</p>
    </div>
  )
}
