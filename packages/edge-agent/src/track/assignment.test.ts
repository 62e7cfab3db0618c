import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign } from './assignment.ts'

/** The cheapest way to pair as many as may be paired, by trying all ways. */
function byTrying(costs: number[][], maxCost: number): { pairs: number; cost: number } {
  const columns = costs[0]?.length ?? 0
  const best = { pairs: 0, cost: 0 }
  const tryRow = (row: number, used: ReadonlySet<number>, pairs: number, cost: number): void => {
    if (row === costs.length) {
      if (pairs > best.pairs || (pairs === best.pairs && cost < best.cost))
        Object.assign(best, { pairs, cost })
      return
    }
    tryRow(row + 1, used, pairs, cost)
    for (let column = 0; column < columns; column++) {
      const value = costs[row]?.[column] ?? Infinity
      if (!used.has(column) && value <= maxCost)
        tryRow(row + 1, new Set([...used, column]), pairs + 1, cost + value)
    }
  }
  tryRow(0, new Set(), 0, 0)
  return best
}

const matrix = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(
      fc.array(
        fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
        { minLength: columns, maxLength: columns },
      ),
      {
        minLength: rows,
        maxLength: rows,
      },
    ),
  )

describe('assign', () => {
  test('pairs as many as may be paired, at the least total cost', () => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(0.3, 0.7, 1), (costs, maxCost) => {
        const cost = (row: number, column: number): number => costs[row]?.[column] ?? Infinity
        const pairs = assign(costs.length, costs[0]?.length ?? 0, cost, maxCost)
        const best = byTrying(costs, maxCost)
        expect(pairs).toHaveLength(best.pairs)
        expect(pairs.reduce((sum, [row, column]) => sum + cost(row, column), 0)).toBeCloseTo(best.cost, 9)
        expect(new Set(pairs.map(([row]) => row)).size).toBe(pairs.length)
        expect(new Set(pairs.map(([, column]) => column)).size).toBe(pairs.length)
      }),
    )
  })

  test('has nothing to pair when one side is empty', () => {
    expect(assign(0, 3, () => 0, 1)).toEqual([])
    expect(assign(3, 0, () => 0, 1)).toEqual([])
  })
})
