import { describe, expect, test } from 'vitest'
import { lockDifferences } from './compare-locks.ts'

const zod = { version: '4.1.0', integrity: 'sha512-a' }
const binding = { version: '1.0.0', integrity: 'sha512-b', optional: true }

function differences(before: Record<string, object>, after: Record<string, object>): string[] {
  return lockDifferences(new Map(Object.entries(before)), new Map(Object.entries(after)))
}

describe('what a set-up takes for the same package-lock.json', () => {
  test("binaries of other platforms may come and go with the registry's mirror", () => {
    expect(differences({ zod }, { zod, 'oxlint-android': binding })).toEqual([])
    expect(differences({ zod, 'oxlint-android': binding }, { zod })).toEqual([])
  })

  test('an optional package that is another one than before is a difference', () => {
    expect(differences({ binding }, { binding: { ...binding, integrity: 'sha512-x' } })).toHaveLength(1)
  })

  test('another version, another content, a new or a missing package are differences', () => {
    expect(differences({ zod }, { zod: { ...zod, version: '4.2.0' } })).toHaveLength(1)
    expect(differences({ zod }, { zod: { ...zod, integrity: 'sha512-x' } })).toHaveLength(1)
    expect(differences({ zod }, { zod, express: zod })).toEqual(['express: new'])
    expect(differences({ zod, express: zod }, { zod })).toEqual(['express: gone'])
  })
})
