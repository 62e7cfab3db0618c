// Sums a counter that starts at zero with each life of the device.
import type { DrillStats } from './drill-device.ts'

export interface LifeTally {
  see(stats: DrillStats | null): void
  /** The process that counted is gone. */
  endLife(): void
  total(): number
}

export function createLifeTally(read: (stats: DrillStats) => number): LifeTally {
  let past = 0
  let current = 0
  return {
    see(stats) {
      if (stats) current = Math.max(current, read(stats))
    },
    endLife() {
      past += current
      current = 0
    },
    total: () => past + current,
  }
}
