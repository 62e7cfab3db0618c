// How the three weights of a button look; links that act as buttons share it.
import { join } from './class-names.ts'

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger'

const LOOKS: Record<ButtonLook, string> = {
  primary: 'border-transparent bg-accent text-on-accent font-medium',
  plain: 'border-edge bg-raised text-ink hover:bg-surface',
  quiet: 'border-transparent text-muted hover:text-ink hover:bg-surface',
  danger: 'border-bad text-bad hover:bg-surface',
}

export const buttonClass = (look: ButtonLook = 'plain'): string =>
  join(
    'inline-flex h-7 min-w-7 shrink-0 items-center justify-center gap-1.5 rounded-md border px-2.5 whitespace-nowrap',
    'disabled:cursor-default disabled:opacity-50 data-disabled:cursor-default data-disabled:opacity-50',
    LOOKS[look],
  )
