'use client'
// What devices found after the first answer: offered in a line whose place is always kept, so that nothing moves.
import { useTranslations } from 'next-intl'
import type { FindResult } from '@sam3-fleet/shared/search/find'
import { Button } from '../../../ui/button.tsx'

export function HeldLine({ held, onShow }: { held: readonly FindResult[]; onShow: () => void }) {
  const t = useTranslations('search')
  const names = [...new Set(held.map(({ deviceName }) => deviceName))]
  const [first = '', second = ''] = names
  const devices =
    names.length === 2
      ? t('and', { first, second })
      : names.length > 2
        ? t('andOthers', { first, count: names.length - 1 })
        : first
  return (
    <div className="flex h-8 items-center">
      <span role="status" className="sr-only">
        {held.length > 0 ? t('moreArrived', { count: held.length, devices }) : ''}
      </span>
      {held.length > 0 ? (
        <Button look="primary" onPress={onShow}>
          {t('more', { count: held.length, devices })}
        </Button>
      ) : null}
    </div>
  )
}
