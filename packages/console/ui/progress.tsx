// How far something has come, as a 2 px line with its percentage beside it.
import { formatShare } from '../lib/quantity.ts'

export function Progress({ share, label }: { share: number; label: string }) {
  return (
    <span className="flex items-center gap-3">
      <span
        role="progressbar"
        aria-label={label}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        className="block h-0.5 grow bg-line"
      >
        <span className="block h-full bg-accent" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="w-12 text-right">{formatShare(share)}</span>
    </span>
  )
}
