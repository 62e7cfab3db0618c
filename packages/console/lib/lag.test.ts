import { expect, test } from 'vitest'
import { formatLag } from './lag.ts'
import { UNKNOWN } from './quantity.ts'

test('a connected device that lacks nothing has no lag', () => {
  expect(formatLag({ lagMs: 0, state: 'online' })).toBe('0 s')
})

test('an offline device is never said to be caught up', () => {
  expect(formatLag({ lagMs: 0, state: 'offline' })).toBe(UNKNOWN)
  expect(formatLag({ lagMs: null, state: 'awaiting' })).toBe(UNKNOWN)
})

test('what an offline device is known to lack is said', () => {
  expect(formatLag({ lagMs: 180_000, state: 'offline' })).toBe('3 min')
})
