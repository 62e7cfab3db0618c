'use client'
// The name of a band; the weak one folds.
import { useTranslations } from 'next-intl'
import { Button } from '../../../ui/button.tsx'
import type { Row } from './sections.ts'

export interface SectionHeadingProps {
  row: Extract<Row, { type: 'heading' }>
  foldable: boolean
  onShowWeak: (shows: boolean) => void
}

export function SectionHeading({
  row: { section, count, folded },
  foldable,
  onShowWeak,
}: SectionHeadingProps) {
  const t = useTranslations('search')
  if (section === 'weak' && foldable)
    return (
      <div className="flex h-10 items-center">
        <Button onPress={() => onShowWeak(folded)} aria-expanded={!folded}>
          {folded ? t('showWeak', { count }) : t('hideWeak')}
        </Button>
      </div>
    )
  return (
    <h2 className="flex h-10 items-center gap-2 text-sm text-muted">
      <span className="font-medium text-ink">{t(`section.${section}`)}</span> {count}
    </h2>
  )
}
