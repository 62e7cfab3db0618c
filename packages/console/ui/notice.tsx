// What fills a place that has nothing to show: empty, failed or out of reach. Always says what, why and what now.
import type { ReactNode } from 'react'
import { join } from './class-names.ts'

export interface NoticeProps {
  tone?: 'calm' | 'bad' | 'warn'
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** Read out at once by screen readers. */
  urgent?: boolean
  code?: string
}

const TONES = { calm: 'border-edge', bad: 'border-bad', warn: 'border-warn' } as const

export function Notice({ tone = 'calm', title, children, actions, urgent, code }: NoticeProps) {
  return (
    <div role={urgent ? 'alert' : undefined} className={join('my-4 border-l-2 py-1 pl-4', TONES[tone])}>
      <p className="text-md font-medium">{title}</p>
      {children ? <div className="mt-1 max-w-prose text-muted">{children}</div> : null}
      {actions ? <div className="mt-3 flex flex-wrap items-center gap-2">{actions}</div> : null}
      {code ? <p className="mt-2 font-mono text-xs text-muted">{code}</p> : null}
    </div>
  )
}
