import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { EMPTY_READING, type BoardReading } from './board.ts'
import { createRateGovernor } from './rate-governor.ts'

const LOOK_MS = 5_000

function orin(c: number, more: Partial<BoardReading> = {}): BoardReading {
  return { ...EMPTY_READING, temperaturesC: { cpu: c, gpu: c - 3 }, throttleAtC: { cpu: 99 }, ...more }
}

/** What the governor says to one reading every look interval. */
async function follow(readings: readonly BoardReading[]): Promise<number[]> {
  const clock = new FakeClock()
  const governor = createRateGovernor(clock)
  const factors: number[] = []
  for (const reading of readings) {
    factors.push(governor.look(reading).factor)
    await clock.advance(LOOK_MS)
  }
  return factors
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

describe('the rate on a hot board', () => {
  test('goes down before the chip slows itself down, step by step as the heat sink answers', async () => {
    const factors = await follow([orin(60), ...times(9, orin(94))])
    expect(factors).toEqual([1, 0.7, 0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5, 0.3])
  })

  test('goes to its lowest at once when the chip is about to slow itself down', async () => {
    expect(await follow([orin(60), orin(97.5)])).toEqual([1, 0.15])
  })

  test('comes back only after a minute of coolness, and stays where it is in between', async () => {
    const factors = await follow([orin(94), ...times(30, orin(90)), ...times(14, orin(80))])
    expect(factors.slice(0, 31)).toEqual(times(31, 0.7))
    expect(factors.slice(31).indexOf(1)).toBe(60_000 / LOOK_MS)
  })

  test('goes down when the board draws more current than it may, and not for events of before', async () => {
    const events = (count: number): BoardReading => orin(50, { overCurrentEvents: count })
    expect(await follow([events(7), events(7), events(8), events(8)])).toEqual([1, 1, 0.7, 0.7])
  })

  test('says why in words, and nothing at full rate', () => {
    const governor = createRateGovernor(new FakeClock())
    expect(governor.look(orin(60))).toEqual({ factor: 1, reason: null })
    expect(governor.look(orin(94)).reason).toBe('cpu has 94 °C, the chip slows itself down at 99 °C')
  })

  test('is full where nothing is known', async () => {
    expect(await follow(times(3, EMPTY_READING))).toEqual([1, 1, 1])
  })

  test('never goes up while it is hot, and never changes by more than one step upwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 40, max: 105 }), { maxLength: 80 }), async (degrees) => {
        const factors = await follow(degrees.map((c) => orin(c)))
        const steps = [0.15, 0.3, 0.5, 0.7, 1]
        for (const [n, factor] of factors.entries()) {
          const before = steps.indexOf(factors[n - 1] ?? 1)
          const now = steps.indexOf(factor)
          expect(now - before).toBeLessThanOrEqual(1)
          if ((degrees[n] as number) > 87) expect(now).toBeLessThanOrEqual(before)
        }
      }),
      { numRuns: 60 },
    )
  })
})
