'use client'
// Ctrl or Cmd and K: every place, every device, and a question, by typing a part of its name.
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { paths } from '../../lib/paths.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { PLACES } from './places.ts'

const DEVICES_SHOWN = 8

const itemClass =
  'flex cursor-pointer items-center gap-3 px-4 py-2 data-[selected=true]:bg-accent-ground data-[selected=true]:text-ink'

export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('shell')
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => (open ? undefined : onClose())}
      isDismissable
      className="fixed inset-0 z-50 bg-black/60 p-4"
    >
      <Modal className="mx-auto mt-[10vh] w-full max-w-xl overflow-hidden rounded-md border border-edge bg-ground">
        <Dialog aria-label={t('palette')} className="outline-none">
          <Entries onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Entries({ onClose }: { onClose: () => void }) {
  const t = useTranslations('shell')
  const trpc = useTRPC()
  const router = useRouter()
  const [typed, setTyped] = useState('')
  const wanted = typed.trim()
  const devices = useQuery(
    trpc.devices.list.queryOptions({ limit: DEVICES_SHOWN, ...(wanted === '' ? {} : { q: wanted }) }),
  )
  const go = (href: string): void => {
    onClose()
    router.push(href)
  }
  const places = PLACES.filter(({ key }) => t(key).toLowerCase().includes(wanted.toLowerCase()))
  return (
    <Command label={t('palette')} shouldFilter={false} loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder={t('palettePlaceholder')}
        className="h-12 w-full border-b bg-transparent px-4 text-md outline-none placeholder:text-muted"
      />
      <Command.List
        label={t('palette')}
        className="max-h-80 overflow-y-auto py-2 [&_[cmdk-group-heading]]:px-4 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-sm [&_[cmdk-group-heading]]:text-muted"
      >
        {wanted === '' ? null : (
          <Command.Group heading={t('ask')}>
            <Command.Item
              value="ask"
              className={itemClass}
              onSelect={() => go(`${paths.search()}?q=${encodeURIComponent(wanted)}`)}
            >
              {t('searchFor', { words: wanted })}
            </Command.Item>
          </Command.Group>
        )}
        {places.length === 0 ? null : (
          <Command.Group heading={t('places')}>
            {places.map(({ key, href, icon: Icon }) => (
              <Command.Item key={key} value={key} className={itemClass} onSelect={() => go(href)}>
                <Icon aria-hidden size={15} />
                {t(key)}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {devices.data && devices.data.devices.length > 0 ? (
          <Command.Group heading={t('devices')}>
            {devices.data.devices.map((device) => (
              <Command.Item
                key={device.deviceId}
                value={device.deviceId}
                className={itemClass}
                onSelect={() => go(paths.device(device.deviceId))}
              >
                {device.name}
                <span className="ml-auto text-sm text-muted">{device.deviceId}</span>
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command>
  )
}
