'use client'
// When: a stretch back from now, or from and to in the reader's zone.
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { zoneName } from '../../../lib/time.ts'
import { Button } from '../../../ui/button.tsx'
import { useNow, useZone } from '../../../ui/clock.tsx'
import { inputClass } from '../../../ui/text-field.tsx'
import { RANGES, type Question } from '../question.ts'
import { FilterPopover } from './filter-popover.tsx'
import { fromLocalInput, toLocalInput } from './local-input.ts'

export interface TimeFilterProps {
  question: Question
  onChange: (part: Partial<Question>) => void
}

export function TimeFilter({ question, onChange }: TimeFilterProps) {
  const t = useTranslations('filters')
  return (
    <FilterPopover name={t('time')}>
      {(close) => (
        <>
          <div className="grid gap-1 border-b pb-2">
            {RANGES.map((range) => (
              <Button
                key={range}
                look={question.range === range ? 'primary' : 'quiet'}
                className="justify-start"
                onPress={() => {
                  onChange({ range, from: null, to: null })
                  close()
                }}
              >
                {t(`range.${range}`)}
              </Button>
            ))}
            <Button
              look="quiet"
              className="justify-start"
              onPress={() => {
                onChange({ range: null, from: null, to: null })
                close()
              }}
            >
              {t('range.any')}
            </Button>
          </div>
          <Bounds
            question={question}
            onApply={(from, to) => {
              onChange({ range: null, from, to })
              close()
            }}
          />
        </>
      )}
    </FilterPopover>
  )
}

interface BoundsProps {
  question: Question
  onApply: (from: string | null, to: string | null) => void
}

function Bounds({ question, onApply }: BoundsProps) {
  const t = useTranslations('filters')
  const zone = useZone()
  const nowMs = useNow()
  const [from, setFrom] = useState(() => toLocalInput(question.from))
  const [to, setTo] = useState(() => toLocalInput(question.to))
  const disordered = from !== '' && to !== '' && from >= to
  return (
    <form
      className="grid gap-2 pt-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (!disordered) onApply(fromLocalInput(from), fromLocalInput(to))
      }}
    >
      {(
        [
          ['from', from, setFrom],
          ['to', to, setTo],
        ] as const
      ).map(([key, value, set]) => (
        <label key={key} className="grid grid-cols-[3rem_1fr] items-center text-muted">
          {t(key)}
          <input
            type="datetime-local"
            step={1}
            value={value}
            onChange={(event) => set(event.target.value)}
            aria-invalid={disordered}
            aria-describedby="time-bounds"
            className={inputClass}
          />
        </label>
      ))}
      <p id="time-bounds" className={disordered ? 'text-sm text-bad' : 'text-sm text-muted'}>
        {disordered ? t('order') : t('zone', { zone: zoneName(zone, nowMs) })}
      </p>
      <Button type="submit" isDisabled={disordered}>
        {t('apply')}
      </Button>
    </form>
  )
}
