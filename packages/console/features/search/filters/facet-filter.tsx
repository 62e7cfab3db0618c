'use client'
// Values of one facet with how many sightings each has; several may be chosen.
import { Check } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components'
import { formatCount } from '../../../lib/quantity.ts'
import { inputClass } from '../../../ui/text-field.tsx'
import { FilterPopover } from './filter-popover.tsx'

export interface FacetFilterProps {
  name: string
  chosen: readonly string[]
  /** Null while they are being loaded. */
  groups: readonly { key: string; name: string; sightings: number }[] | null
  failed: boolean
  onOpen: () => void
  onChange: (chosen: string[]) => void
}

export function FacetFilter({ name, chosen, groups, failed, onOpen, onChange }: FacetFilterProps) {
  const t = useTranslations('filters')
  const { contains } = useFilter({ sensitivity: 'base' })
  return (
    <FilterPopover name={name} onOpen={onOpen}>
      <Autocomplete filter={contains}>
        <SearchField aria-label={t('find')} autoFocus className="mb-2">
          <Input className={inputClass} placeholder={t('find')} />
        </SearchField>
        <ListBox
          aria-label={name}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) => onChange(keys === 'all' ? [] : [...keys].map(String))}
          items={(groups ?? []).map((group) => ({ ...group, id: group.key }))}
          renderEmptyState={() => (
            <p className="px-2 py-1 text-muted">
              {failed ? t('failed') : groups === null ? t('loading') : t('none')}
            </p>
          )}
          className="max-h-72 overflow-y-auto outline-none"
        >
          {(group) => (
            <ListBoxItem
              textValue={group.name}
              className="group flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1 outline-none data-focused:bg-accent-ground"
            >
              <Check
                aria-hidden
                size={13}
                className="shrink-0 text-accent opacity-0 group-data-selected:opacity-100"
              />
              <span className="truncate">{group.name}</span>
              <span className="ml-auto text-sm text-muted">{formatCount(group.sightings)}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Autocomplete>
    </FilterPopover>
  )
}
