'use client'
// From any page to any device: asked for only when it is opened.
import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components'
import { paths } from '../../lib/paths.ts'
import { useTRPC } from '../../trpc/client.tsx'
import { Button } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'

/** More are found faster on the fleet page. */
const DEVICES_SHOWN = 30

export function DeviceMenu() {
  const t = useTranslations('shell')
  const router = useRouter()
  const trpc = useTRPC()
  const [isOpen, setOpen] = useState(false)
  const devices = useQuery(trpc.devices.list.queryOptions({ limit: DEVICES_SHOWN }, { enabled: isOpen }))
  const items = devices.data?.devices ?? []
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button look="quiet" className="max-sm:hidden">
        {t('devices')}
        <ChevronDown aria-hidden size={14} />
      </Button>
      <Popover placement="bottom end" className="max-h-96 min-w-52 overflow-y-auto py-1">
        <Menu
          aria-label={t('devices')}
          items={items.map((device) => ({ id: device.deviceId, name: device.name }))}
          onAction={(id) => router.push(paths.device(String(id)))}
          renderEmptyState={() => (
            <p className="px-3 py-2 text-muted">{devices.isPending ? t('loading') : t('noDevices')}</p>
          )}
          className="outline-none"
        >
          {(item) => (
            <MenuItem
              id={item.id}
              className="cursor-pointer px-3 py-1.5 outline-none data-focused:bg-accent-ground"
            >
              {item.name}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
