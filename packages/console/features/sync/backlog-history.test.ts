import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SyncStatus } from '@sam3-fleet/shared/fleet/sync-view'
import { MINUTE_MS } from '../../lib/time.ts'
import { addPoint, HISTORY_MINUTES, NO_HISTORY, seriesOf, type BacklogHistory } from './backlog-history.ts'

function statusWith(total: number, byDevice: Record<string, number> = {}): SyncStatus {
  return {
    totals: { backlogEntries: total },
    devices: Object.entries(byDevice).map(([deviceId, backlogEntries]) => ({ deviceId, backlogEntries })),
  } as SyncStatus
}

const stepsArbitrary = fc.array(fc.record({ waitMs: fc.nat(90_000), total: fc.nat(5_000) }), {
  minLength: 1,
  maxLength: 80,
})

test('the newest backlog is always the last point, times only rise, and nothing older than the window stays', () => {
  fc.assert(
    fc.property(stepsArbitrary, (steps) => {
      let history: BacklogHistory = NO_HISTORY
      let nowMs = 1_000_000
      for (const { waitMs, total } of steps) {
        nowMs += waitMs
        history = addPoint(history, statusWith(total), nowMs)
        expect(history.at(-1)).toMatchObject({ atMs: nowMs, total })
        expect(history[0]?.atMs).toBeGreaterThanOrEqual(nowMs - HISTORY_MINUTES * MINUTE_MS)
        const times = history.map(({ atMs }) => atMs)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }
    }),
  )
})

test('heartbeats that come many a second do not fill the memory', () => {
  let history: BacklogHistory = NO_HISTORY
  for (let n = 0; n < 1_000; n += 1) history = addPoint(history, statusWith(n), 5_000 + n)
  expect(history.length).toBeLessThanOrEqual(6)
})

test('one device is drawn by itself, with a gap where it was not listed', () => {
  const one = addPoint(NO_HISTORY, statusWith(9, { 'device-a': 4, 'device-b': 5 }), 10_000)
  const two = addPoint(one, statusWith(5, { 'device-b': 5 }), 12_000)
  expect(seriesOf(two, 'device-a')).toEqual({ timesS: [10, 12], entries: [4, null] })
  expect(seriesOf(two, null)).toEqual({ timesS: [10, 12], entries: [9, 5] })
})
