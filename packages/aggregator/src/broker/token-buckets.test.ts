import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createTokenBuckets } from './token-buckets.ts'

const WINDOW_MS = 60_000

function buckets(capacity: number, keysMax = 100) {
  const clock = new FakeClock()
  return { clock, buckets: createTokenBuckets({ clock, capacity, windowMs: WINDOW_MS, keysMax }) }
}

describe('token buckets', () => {
  test('give what they hold and no more, to each key its own', () => {
    const { buckets: of } = buckets(3)
    for (let n = 0; n < 3; n++) {
      expect(of.has('a')).toBe(true)
      of.take('a')
    }
    expect(of.has('a')).toBe(false)
    expect(of.has('b')).toBe(true)
  })

  test('fill evenly over the window, and not beyond what they hold', async () => {
    const { clock, buckets: of } = buckets(3)
    for (let n = 0; n < 3; n++) of.take('a')
    await clock.advance(WINDOW_MS / 3 - 1)
    expect(of.has('a')).toBe(false)
    await clock.advance(1)
    expect(of.has('a')).toBe(true)
    await clock.advance(10 * WINDOW_MS)
    for (let n = 0; n < 3; n++) of.take('a')
    expect(of.has('a')).toBe(false)
  })

  test('remember a bounded number of keys, those used last', () => {
    const { buckets: of } = buckets(1, 10)
    for (let n = 0; n < 1_000; n++) of.take(`key ${n}`)
    expect(of.size).toBe(10)
    expect([of.has('key 989'), of.has('key 990'), of.has('key 999')]).toEqual([true, false, false])
  })
})
