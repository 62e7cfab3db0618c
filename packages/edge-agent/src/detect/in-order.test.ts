import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

async function* pieces(count: number, broken?: Error): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield n
  if (broken) throw broken
}

/** Resolves after some turns of the event loop, so that later pieces may be ready before earlier ones. */
async function after(turns: number): Promise<void> {
  for (let n = 0; n < turns; n++) await new Promise((resolve) => setImmediate(resolve))
}

describe('inOrder', () => {
  test('hands out every result once, in order, with no more in flight than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        async (turns, inFlightMax) => {
          let inFlight = 0
          let most = 0
          const work = async (n: number): Promise<number> => {
            most = Math.max(most, ++inFlight)
            await after(turns[n] as number)
            inFlight -= 1
            return n
          }
          const results: number[] = []
          for await (const result of inOrder(pieces(turns.length), work, inFlightMax)) results.push(result)
          expect(results).toEqual(turns.map((_, n) => n))
          expect(most).toBeLessThanOrEqual(inFlightMax)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('hands out a result while the source has nothing new: a camera may be slow', async () => {
    async function* camera(): AsyncGenerator<number> {
      yield 1
      await new Promise(() => undefined)
    }
    const results = inOrder(camera(), (n) => Promise.resolve(n), 3)
    expect(await results.next()).toEqual({ done: false, value: 1 })
  })

  test('gives the results before a break, then the break', async () => {
    const seen: number[] = []
    const reading = (async () => {
      for await (const n of inOrder(pieces(3, new Error('lens fell off')), (n) => after(2).then(() => n), 2))
        seen.push(n)
    })()
    await expect(reading).rejects.toThrow('lens fell off')
    expect(seen).toEqual([0, 1, 2])
  })

  test('a failed piece ends it in its turn, and the source is closed', async () => {
    let isClosed = false
    async function* source(): AsyncGenerator<number> {
      try {
        yield* pieces(10)
      } finally {
        isClosed = true
      }
    }
    const seen: number[] = []
    const reading = (async () => {
      const work = (n: number) => (n === 2 ? Promise.reject(new Error('died')) : after(1).then(() => n))
      for await (const n of inOrder(source(), work, 3)) seen.push(n)
    })()
    await expect(reading).rejects.toThrow('died')
    expect(seen).toEqual([0, 1])
    expect(isClosed).toBe(true)
  })
})
