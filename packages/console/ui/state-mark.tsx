// A state as a shape and a word: colour never says it alone, and what is well stays quiet.
import { join } from './class-names.ts'

export type Mark = 'good' | 'busy' | 'warn' | 'bad' | 'none'

const SHAPES: Record<Mark, string> = {
  good: 'rounded-full bg-good',
  busy: 'rounded-full border-2 border-accent',
  warn: 'rotate-45 bg-warn',
  bad: 'bg-bad',
  none: 'rounded-full border border-edge',
}

export function StateMark({ mark, children }: { mark: Mark; children: string }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span aria-hidden className={join('size-2 shrink-0', SHAPES[mark])} />
      <span className={join(mark === 'bad' && 'text-bad', mark === 'warn' && 'text-warn')}>{children}</span>
    </span>
  )
}
