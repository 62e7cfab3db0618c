// Sums a counter that starts at zero with each life of the device.
import type { DrillStats } from './drill-device.ts'

export interface ResendTally {
  see(stats: DrillStats | null): void
  /** The process that counted is gone. */
  endLife(): void
  total(): number
}

export function createResendTally(): ResendTally {
  let past = 0
  let current = 0
  return {
    see(stats) {
      current = Math.max(current, stats?.sync.resentBatches ?? 0)
    },
    endLife() {
      past += current
      current = 0
    },
    total: () => past + current,
  }
}
