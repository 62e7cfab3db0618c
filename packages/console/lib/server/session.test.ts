import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSessionSealer, SESSION_MAX_MS } from './session.ts'

const sealer = createSessionSealer('a secret')

test('a sealed token comes back until its time has run out', () => {
  const value = sealer.seal('t0ken', 1_000)
  expect(sealer.open(value, 1_000 + SESSION_MAX_MS - 1)).toBe('t0ken')
  expect(sealer.open(value, 1_000 + SESSION_MAX_MS)).toBeNull()
})

test('the cookie does not show the token', () => {
  const value = sealer.seal('a-long-readable-token', 0)
  expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('readable')
})

test('a value with any changed byte opens nothing', () => {
  const sealed = Buffer.from(sealer.seal('t0ken', 0), 'base64url')
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const forged = Buffer.from(sealed)
      forged[at] = (forged[at] ?? 0) ^ change
      expect(sealer.open(forged.toString('base64url'), 1)).toBeNull()
    }),
  )
})

test.each([undefined, '', 'x', 'AAAA', '%%%'])('what was never sealed opens nothing (%s)', (value) => {
  expect(sealer.open(value, 0)).toBeNull()
})

test('another key opens nothing', () => {
  expect(createSessionSealer('another').open(sealer.seal('t0ken', 0), 1)).toBeNull()
})
