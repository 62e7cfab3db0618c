import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, formatAge, formatInstant, formatSpan, knownZone, zoneName } from './time.ts'

const at = (iso: string): number => Date.parse(iso)
const nowMs = at('2026-11-23T18:00:00Z')

describe('formatInstant', () => {
  it('shows only the clock for today in the zone of the reader', () => {
    expect(formatInstant(at('2026-11-23T13:02:31Z'), { zone: 'Europe/Berlin', nowMs })).toBe('14:02:31')
  })
  it('names the day when it is another one there, even if it is the same one in UTC', () => {
    expect(formatInstant(at('2026-11-23T01:00:00Z'), { zone: 'America/New_York', nowMs })).toBe(
      '22 Nov 20:00:00',
    )
  })
  it('names the year when it is another one', () => {
    expect(formatInstant(at('2025-01-02T03:04:05Z'), { zone: 'UTC', nowMs })).toBe('2 Jan 2025 03:04:05')
  })
  it('counts midnight as 00', () => {
    expect(formatInstant(at('2026-11-23T00:00:00Z'), { zone: 'UTC', nowMs })).toBe('00:00:00')
  })
})

describe('formatSpan', () => {
  it('says the day once', () => {
    const span = formatSpan(at('2026-11-20T10:00:00Z'), at('2026-11-20T10:00:09Z'), { zone: 'UTC', nowMs })
    expect(span).toBe('20 Nov 10:00:00 – 10:00:09')
  })
  it('is one instant when both are in the same second', () => {
    const span = formatSpan(at('2026-11-23T10:00:00Z'), at('2026-11-23T10:00:00.900Z'), {
      zone: 'UTC',
      nowMs,
    })
    expect(span).toBe('10:00:00')
  })
})

describe('zoneName', () => {
  it('names the zone as it is on that day', () => {
    expect(zoneName('UTC', nowMs)).toBe('UTC')
    expect(zoneName('Asia/Kolkata', nowMs)).toBe('GMT+5:30')
  })
})

describe('knownZone', () => {
  it('falls back to UTC for a name that is none', () => {
    expect(knownZone('Not/AZone')).toBe('UTC')
    expect(knownZone('Europe/Berlin')).toBe('Europe/Berlin')
  })
})

describe('formatAge', () => {
  it.each([
    [-5_000, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3 * 3_600_000, '3 h'],
    [2.9 * DAY_MS, '2 d'],
  ])('%d ms reads %s', (ageMs, text) => {
    expect(formatAge(ageMs)).toBe(text)
  })
  it('never overstates an age', () => {
    const unitMs = { s: 1_000, min: 60_000, h: 3_600_000, d: DAY_MS }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * DAY_MS }), (ageMs) => {
        const [amount, unit] = formatAge(ageMs).split(' ')
        const statedMs = Number(amount) * unitMs[unit as keyof typeof unitMs]
        expect(statedMs).toBeLessThanOrEqual(ageMs)
        expect(ageMs).toBeLessThan(Math.max(statedMs * 2, 1_000))
      }),
    )
  })
})
