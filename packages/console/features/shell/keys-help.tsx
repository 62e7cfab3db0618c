'use client'
// Every key of the console in one list.
import { useTranslations } from 'next-intl'
import { KeyHint } from '../../ui/key-hint.tsx'
import { Modal } from '../../ui/modal.tsx'

const KEYS = [
  { key: 'focusSearch', keys: ['/'] },
  { key: 'palette', keys: ['Ctrl', 'K'] },
  { key: 'next', keys: ['j', '→'] },
  { key: 'previous', keys: ['k', '←'] },
  { key: 'rows', keys: ['↑', '↓'] },
  { key: 'open', keys: ['Enter'] },
  { key: 'close', keys: ['Esc'] },
  { key: 'similar', keys: ['s'] },
  { key: 'help', keys: ['?'] },
] as const

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('keys')
  return (
    <Modal title={t('title')} isOpen={isOpen} onClose={onClose}>
      <dl className="grid grid-cols-[1fr_max-content] gap-y-2">
        {KEYS.map(({ key, keys }) => (
          <div key={key} className="col-span-2 grid grid-cols-subgrid border-b pb-2">
            <dt>{t(key)}</dt>
            <dd className="flex gap-1">
              {keys.map((one) => (
                <KeyHint key={one}>{one}</KeyHint>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
