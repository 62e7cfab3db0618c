'use client'
// A failed question as a person needs it: what, why, what now, and a way to try again.
import { useTranslations } from 'next-intl'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

export interface FailureNoticeProps {
  /** What could not be done, as a sentence. */
  what: string
  failure: { code: string; message: string; hint: string; unreachable: boolean }
  onRetry?: () => void
}

export function FailureNotice({ what, failure, onRetry }: FailureNoticeProps) {
  const t = useTranslations('failure')
  return (
    <Notice
      tone={failure.unreachable ? 'warn' : 'bad'}
      urgent
      title={what}
      code={failure.code}
      actions={onRetry ? <Button onPress={onRetry}>{t('retry')}</Button> : null}
    >
      <p>{t('because', { reason: failure.message })}</p>
      <p>{failure.hint}</p>
    </Notice>
  )
}
