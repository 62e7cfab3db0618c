import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import {
  createLoginLimiter,
  FAILURES_PER_ADDRESS,
  FAILURES_PER_NAME,
  LOGIN_WINDOW_MS,
  type Caller,
  type Verdict,
} from './login-limiter.ts'

const HERE = '192.0.2.1'
const THERE = '198.51.100.2'
const DEVICE = 'gate-0001'

function setUp() {
  const clock = new FakeClock()
  const reports: Caller[] = []
  const limiter = createLoginLimiter({ clock, onHeldBack: (caller) => reports.push(caller) })
  const tried = async (address: string, name: string, verdict: Verdict): Promise<string> =>
    await limiter.admit({ address, name }, () => Promise.resolve(verdict))
  return { clock, limiter, reports, tried }
}

describe('log-ins that fail', () => {
  test('of one name are held back after the bound, unchecked, until the window gives some again', async () => {
    const { clock, tried, limiter } = setUp()
    for (let n = 0; n < FAILURES_PER_NAME; n++) expect(await tried(HERE, DEVICE, 'wrong')).toBe('wrong')
    const verify = (): Promise<Verdict> => Promise.reject(new Error('it must not be asked'))
    expect(await limiter.admit({ address: HERE, name: DEVICE }, verify)).toBe('held_back')
    await clock.advance(LOGIN_WINDOW_MS)
    expect(await tried(HERE, DEVICE, 'right')).toBe('right')
  })

  test('of one address are held back after the bound, whatever names it gives', async () => {
    const { tried } = setUp()
    for (let n = 0; n < FAILURES_PER_ADDRESS; n++)
      expect(await tried(HERE, `device-${n}`, 'wrong')).toBe('wrong')
    expect(await tried(HERE, 'device-next', 'right')).toBe('held_back')
    expect(await tried(THERE, 'device-next', 'right')).toBe('right')
  })

  test('do not hold back a device behind the same address that logged in before', async () => {
    const { tried } = setUp()
    expect(await tried(HERE, DEVICE, 'right')).toBe('right')
    for (let n = 0; n < FAILURES_PER_ADDRESS; n++) await tried(HERE, `device-${n}`, 'wrong')
    expect(await tried(HERE, 'device-next', 'right')).toBe('held_back')
    expect(await tried(HERE, DEVICE, 'right')).toBe('right')
  })

  test('cannot get far beyond the bound by coming at the same time', async () => {
    const { limiter } = setUp()
    let asked = 0
    const verify = async (): Promise<Verdict> => {
      asked += 1
      await new Promise<void>((resolve) => setImmediate(resolve))
      return 'wrong'
    }
    const all = Array.from({ length: 500 }, (_, n) =>
      limiter.admit({ address: HERE, name: `device-${n}` }, verify),
    )
    const verdicts = await Promise.all(all)
    expect(verdicts.filter((verdict) => verdict === 'held_back')).toHaveLength(500 - asked)
    expect(asked).toBeLessThan(FAILURES_PER_ADDRESS + 4)
  })

  test('are told of once a window for each address', async () => {
    const { clock, tried, reports } = setUp()
    for (let n = 0; n < FAILURES_PER_NAME + 20; n++) await tried(HERE, DEVICE, 'wrong')
    expect(reports).toEqual([{ address: HERE, name: DEVICE }])
    await clock.advance(LOGIN_WINDOW_MS)
    for (let n = 0; n < FAILURES_PER_NAME + 20; n++) await tried(HERE, DEVICE, 'wrong')
    expect(reports).toHaveLength(2)
  })

  test('count neither way when nobody found out whether they fail', async () => {
    const { limiter, tried } = setUp()
    const away = (): Promise<Verdict> => Promise.reject(new Error('the database is away'))
    for (let n = 0; n < 3 * FAILURES_PER_ADDRESS; n++) {
      await expect(limiter.admit({ address: HERE, name: DEVICE }, away)).rejects.toThrow(/away/)
      await tried(HERE, DEVICE, 'gone')
    }
    expect(await tried(HERE, DEVICE, 'right')).toBe('right')
  })

  test('whatever others try from wherever else, a device with its right password gets in from its own address', async () => {
    const elsewhere = fc.record({
      address: fc.constantFrom(THERE, '203.0.113.3', '2001:db8::1', '2001:db8::2'),
      name: fc.constantFrom(DEVICE, 'device-other', ''),
      times: fc.integer({ min: 1, max: 2 * FAILURES_PER_ADDRESS }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(elsewhere, { maxLength: 20 }), async (attackers) => {
        const { tried } = setUp()
        for (const { address, name, times } of attackers)
          for (let n = 0; n < times; n++) await tried(address, name, 'wrong')
        expect(await tried(HERE, DEVICE, 'right')).toBe('right')
      }),
      { numRuns: 30 },
    )
  })
})
