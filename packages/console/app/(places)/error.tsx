'use client'
import { useTranslations } from 'next-intl'
import { Button } from '@/ui/button.tsx'
import { Notice } from '@/ui/notice.tsx'

export default function PlaceError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  const t = useTranslations('broken')
  return (
    <>
      <h1 className="sr-only">{t('title')}</h1>
      <Notice
        tone="bad"
        urgent
        title={t('title')}
        code={error.digest ?? error.name}
        actions={<Button onPress={reset}>{t('retry')}</Button>}
      >
        {t('why')}
      </Notice>
    </>
  )
}
