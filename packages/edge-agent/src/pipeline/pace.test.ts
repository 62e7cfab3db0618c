import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { paced } from './pace.ts'

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield n
}

async function pass(count: number, factor: number, isLive: boolean) {
  const clock = new FakeClock()
  let skipped = 0
  const frames: number[] = []
  const options = {
    factor: () => factor,
    isLive,
    clock,
    signal: new AbortController().signal,
    onSkipped: () => (skipped += 1),
  }
  for await (const frame of paced(numbers(count), options)) frames.push(frame)
  return { frames, skipped }
}

describe('a lowered rate', () => {
  test('lets its part of a live stream through, evenly, and counts the rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0.15, 0.3, 0.5, 0.7, 1), fc.nat(200), async (factor, count) => {
        const { frames, skipped } = await pass(count, factor, true)
        expect(frames.length + skipped).toBe(count)
        expect(Math.abs(frames.length - count * factor)).toBeLessThanOrEqual(1 + 1e-6)
        const gaps = frames.slice(1).map((frame, n) => frame - (frames[n] as number))
        expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(Math.ceil(1 / factor))
      }),
    )
  })

  test('keeps every frame of a file and rests between them as long as the part says', async () => {
    const clock = new FakeClock()
    const started = clock.monotonicMs()
    const frames: number[] = []
    const work = (async () => {
      const options = {
        factor: () => 0.25,
        isLive: false,
        clock,
        signal: new AbortController().signal,
        onSkipped: () => expect.unreachable('a file loses no frame'),
      }
      for await (const frame of paced(numbers(5), options)) {
        frames.push(frame)
        await clock.sleep(100)
      }
    })()
    await new Promise((resolve) => setImmediate(resolve))
    for (let n = 0; n < 17; n++) await clock.advance(100)
    await work
    expect(frames).toEqual([0, 1, 2, 3, 4])
    // Five looks of 100 ms, and three times as long of rest after each but the last.
    expect(clock.monotonicMs() - started).toBe(1_700)
  })
})
