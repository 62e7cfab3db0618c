import { expect, test } from 'vitest'
import { paths, safeReturnPath } from './paths.ts'

test('every address is what people may have bookmarked', () => {
  expect([
    paths.search(),
    paths.sighting({ deviceId: 'gate-0007', sightingId: '0190a000-0000-7000-8000-000000000001' }),
    paths.searchDevice('gate-0007'),
    paths.fleet(),
    paths.device('gate-0007'),
    paths.sync(),
    paths.login('/sync'),
  ]).toMatchInlineSnapshot(`
    [
      "/search",
      "/search?open=gate-0007~0190a000-0000-7000-8000-000000000001",
      "/search?device=gate-0007",
      "/fleet",
      "/fleet/gate-0007",
      "/sync",
      "/login?to=%2Fsync",
    ]
  `)
})

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '', null])(
  'a login never leads to another host (%s)',
  (to) => {
    expect(safeReturnPath(to)).toBe('/search')
  },
)

test('a login leads back to where one was', () => {
  expect(safeReturnPath('/fleet/gate-0007?x=1')).toBe('/fleet/gate-0007?x=1')
})
