import { expect, test } from 'vitest'
import { looksLikeStillLife } from './still-life.ts'

const at = (x: number, atMs: number) => ({
  atMs,
  bbox: [x, 0.4, 0.02, 0.1] as [number, number, number, number],
})

test('a weak person that never moves is held back; one that moves or shows clearly once is not', () => {
  const still = [at(0.3, 0), at(0.301, 5_000), at(0.299, 10_000)]
  expect(looksLikeStillLife({ label: 'person', clearConfidence: 0.45, path: still })).toBe(true)
  expect(looksLikeStillLife({ label: 'person', clearConfidence: 0.6, path: still })).toBe(false)
  expect(
    looksLikeStillLife({ label: 'person', clearConfidence: 0.45, path: [...still, at(0.4, 11_000)] }),
  ).toBe(false)
})

test('things that stand still by nature are not held back', () => {
  expect(
    looksLikeStillLife({ label: 'bicycle', clearConfidence: 0.37, path: [at(0.3, 0), at(0.3, 9_000)] }),
  ).toBe(false)
})

test('one box that jumps among many that stay moves nothing; three do', () => {
  const still = Array.from({ length: 30 }, (_, n) => at(0.3, n * 200))
  const judge = (jumps: number): boolean =>
    looksLikeStillLife({
      label: 'person',
      clearConfidence: 0.45,
      path: [...still, ...Array.from({ length: jumps }, (_, n) => at(0.4, 6_000 + n * 200))],
    })
  expect([judge(1), judge(2), judge(3)]).toEqual([true, true, false])
})
