// One line above a page's content for what changes how the page must be read, such as a lost link.
import type { ReactNode } from 'react'
import { join } from './class-names.ts'

export function Banner({ tone, children }: { tone: 'warn' | 'bad'; children: ReactNode }) {
  return (
    <div
      role="status"
      className={join(
        'flex flex-wrap items-center gap-x-3 border-l-2 bg-surface px-3 py-1.5',
        tone === 'bad' ? 'border-bad text-bad' : 'border-warn text-warn',
      )}
    >
      <span>{children}</span>
    </div>
  )
}
