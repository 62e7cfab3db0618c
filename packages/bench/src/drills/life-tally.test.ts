// A counter that starts again with each life must be summed over all of them, each at its highest.
import { expect, it } from 'vitest'
import type { DrillStats } from './drill-device.ts'
import { createLifeTally } from './life-tally.ts'

it('sums the highest of each life', () => {
  const tally = createLifeTally((stats) => stats.sync.sentEntries)
  const see = (sentEntries: number): void => tally.see({ sync: { sentEntries } } as DrillStats)
  see(3)
  see(9)
  tally.see(null)
  tally.endLife()
  see(2)
  expect(tally.total()).toBe(11)
})
