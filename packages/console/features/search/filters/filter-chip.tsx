'use client'
// A filter that is set, with its way out.
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'

export function FilterChip({ children, onRemove }: { children: string; onRemove: () => void }) {
  const t = useTranslations('filters')
  return (
    <span className="inline-flex h-7 items-center rounded-md bg-accent-ground pl-2.5">
      {children}
      <button
        type="button"
        aria-label={t('remove', { name: children })}
        onClick={onRemove}
        className="flex size-7 items-center justify-center text-muted hover:text-ink"
      >
        <X aria-hidden size={13} />
      </button>
    </span>
  )
}
