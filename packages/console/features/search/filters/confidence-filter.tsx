'use client'
// The least confidence of the detector.
import { useTranslations } from 'next-intl'
import { formatShare } from '../../../lib/quantity.ts'
import { Button } from '../../../ui/button.tsx'
import { FilterPopover } from './filter-popover.tsx'

const STEPS = [0.3, 0.5, 0.7, 0.9] as const

export interface ConfidenceFilterProps {
  least: number | null
  onChange: (least: number | null) => void
}

export function ConfidenceFilter({ least, onChange }: ConfidenceFilterProps) {
  const t = useTranslations('filters')
  return (
    <FilterPopover name={t('confidence')}>
      {(close) => (
        <>
          <p className="px-1 pb-2 text-sm text-muted">{t('minConfidence')}</p>
          <div className="flex flex-wrap gap-1">
            {[null, ...STEPS].map((step) => (
              <Button
                key={step}
                look={least === step ? 'primary' : 'plain'}
                onPress={() => {
                  onChange(step)
                  close()
                }}
              >
                {step === null ? t('any') : formatShare(step)}
              </Button>
            ))}
          </div>
        </>
      )}
    </FilterPopover>
  )
}
