import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatByteRate, formatBytes, formatCount, formatRate, formatShare } from './quantity.ts'

test('what is not known is a dash, and zero is a zero', () => {
  expect([formatCount(null), formatBytes(null), formatRate(undefined), formatByteRate(null)]).toEqual([
    '–',
    '–',
    '–',
    '–',
  ])
  expect([formatCount(0), formatBytes(0), formatRate(0), formatByteRate(0)]).toEqual([
    '0',
    '0 B',
    '0/s',
    '0 B/s',
  ])
})

test.each([
  [999, '999 B'],
  [1_000, '1 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1 MB'],
  [123_456_789, '123.5 MB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('bytes never take more than three digits before the point', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e17, noNaN: true }), (bytes) => {
      expect(formatBytes(bytes).split(/[. ]/)[0]?.length).toBeLessThanOrEqual(3)
    }),
  )
})

test('a share reads as whole per cent', () => {
  expect(formatShare(0.347)).toBe('35 %')
})
