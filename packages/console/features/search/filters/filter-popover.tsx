'use client'
// A button that opens a small place for choosing.
import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog, DialogTrigger } from 'react-aria-components'
import { Button } from '../../../ui/button.tsx'
import { Popover } from '../../../ui/popover.tsx'

export interface FilterPopoverProps {
  name: string
  onOpen?: () => void
  children: ReactNode | ((close: () => void) => ReactNode)
}

export function FilterPopover({ name, onOpen, children }: FilterPopoverProps) {
  return (
    <DialogTrigger onOpenChange={(isOpen) => (isOpen ? onOpen?.() : undefined)}>
      <Button>
        {name}
        <ChevronDown aria-hidden size={13} className="text-muted" />
      </Button>
      <Popover placement="bottom start" className="w-max max-w-[calc(100vw-1rem)] min-w-64">
        <Dialog aria-label={name} className="p-2 outline-none">
          {({ close }) => (typeof children === 'function' ? children(close) : children)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
