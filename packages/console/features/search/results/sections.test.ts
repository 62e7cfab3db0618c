import type { FindResult } from '@sam3-fleet/shared/search/find'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layOut, moveTo, type Move } from './sections.ts'

const MOVES: readonly Move[] = ['next', 'previous', 'below', 'above', 'first', 'last']
const results = fc
  .array(fc.constantFrom('strong', 'likely', 'weak', null))
  .map((bands) => bands.map((band, n) => ({ sightingId: String(n), band }) as FindResult))
const options = fc.record({ columns: fc.integer({ min: 1, max: 9 }), showsWeak: fc.boolean() })

describe('layOut', () => {
  it('shows every result once, except weak ones that are folded away', () => {
    fc.assert(
      fc.property(results, options, (all, how) => {
        const shown = layOut(all, how).tiles.map(({ result }) => result.sightingId)
        const wanted = all.filter(({ band }) => band !== 'weak' || how.showsWeak)
        expect(shown.toSorted()).toEqual(wanted.map((one) => one.sightingId).toSorted())
      }),
    )
  })
  it('keeps the given order inside a band', () => {
    fc.assert(
      fc.property(results, options, (all, how) => {
        for (const band of ['strong', 'likely'] as const) {
          const own = (from: readonly FindResult[]) =>
            from.filter((one) => one.band === band).map((one) => one.sightingId)
          expect(own(layOut(all, how).tiles.map(({ result }) => result))).toEqual(own(all))
        }
      }),
    )
  })
  it('numbers tiles as they stand and knows the row of each', () => {
    fc.assert(
      fc.property(results, options, (all, how) => {
        const { tiles, rows, rowOf } = layOut(all, how)
        tiles.forEach((tile, n) => {
          expect(tile.index).toBe(n)
          const row = rows[rowOf[n] ?? -1]
          expect(row?.type === 'tiles' && row.tiles.some(({ index }) => index === n)).toBe(true)
        })
      }),
    )
  })
})

describe('moveTo', () => {
  it('never leaves the results, whatever is pressed', () => {
    fc.assert(
      fc.property(results, options, fc.array(fc.constantFrom(...MOVES)), (all, how, moves) => {
        const layout = layOut(all, how)
        let at = -1
        for (const move of moves) at = moveTo(layout, at, move)
        expect(at).toBeLessThan(Math.max(1, layout.tiles.length))
        if (layout.tiles.length > 0 && moves.length > 0) expect(at).toBeGreaterThanOrEqual(0)
      }),
    )
  })
  it('goes down and up in the same column, over headings', () => {
    const all = ['strong', 'strong', 'strong', 'likely', 'likely'].map(
      (band, n) => ({ sightingId: String(n), band }) as FindResult,
    )
    const layout = layOut(all, { columns: 3, showsWeak: false })
    expect(moveTo(layout, 1, 'below')).toBe(4)
    expect(moveTo(layout, 4, 'above')).toBe(1)
    expect(moveTo(layout, 2, 'below')).toBe(4)
  })
})
