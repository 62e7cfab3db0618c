'use client'
// A small place that opens at its button, drawn inside the page's main part: screen readers find it in a landmark.
import { Popover as AriaPopover, type PopoverProps } from 'react-aria-components'
import { CONTENT_ID } from '../lib/content-id.ts'
import { join } from './class-names.ts'

export function Popover({ className, ...props }: Omit<PopoverProps, 'className'> & { className?: string }) {
  const main = typeof document === 'undefined' ? null : document.getElementById(CONTENT_ID)
  return (
    <AriaPopover
      {...props}
      {...(main ? { UNSTABLE_portalContainer: main } : {})}
      className={join('rounded-md border border-edge bg-raised', className)}
    />
  )
}
