import type { Coverage } from '@sam3-fleet/shared/search/find'
import fc from 'fast-check'
import { createTranslator } from 'next-intl'
import { describe, expect, it } from 'vitest'
import { formatInstant } from '../../../lib/time.ts'
import { messages } from '../../../messages.ts'
import { coverageSentence } from './coverage-sentence.ts'
import { summariseCoverage } from './coverage-summary.ts'

const nowMs = Date.parse('2026-11-23T14:05:00Z')
const t = createTranslator({ locale: 'en', messages, namespace: 'coverage' })
const say = (coverage: Coverage[]): string =>
  coverageSentence(coverage, { t, time: (atMs) => formatInstant(atMs, { zone: 'UTC', nowMs }) })

const device = (name: string, part: Partial<Coverage>): Coverage => ({
  deviceId: `${name}-00000000`,
  deviceName: name,
  state: 'complete',
  completeTo: '2026-11-23T14:02:00.000Z',
  behind: 0,
  askedLive: false,
  answered: 'not_asked',
  ...part,
})

describe('the coverage sentence', () => {
  it('says to when, for how many, and who is missing why', () => {
    const sentence = say([
      device('dock', { completeTo: '2026-11-23T14:03:00.000Z' }),
      device('hall', {}),
      device('gate', { state: 'behind', behind: 12, askedLive: true, answered: 'pending' }),
      device('yard', { state: 'offline', completeTo: '2026-11-23T13:40:00.000Z' }),
    ])
    expect(sentence).toBe(
      'Complete to 14:02:00 for 2 of 4 devices; gate is 12 entries behind, being asked live; yard is offline, known to 13:40:00.',
    )
  })

  it('is short when everything is well', () => {
    expect(say([device('hall', {})])).toBe('Complete to 14:02:00 for the 1 device.')
    expect(say([device('a', {}), device('b', {})])).toBe('Complete to 14:02:00 for all 2 devices.')
  })

  it('never claims a time when no device is complete', () => {
    expect(say([device('yard', { state: 'offline', completeTo: null })])).toBe(
      'Not complete for any of 1 device; yard is offline.',
    )
  })

  it('counts those that it does not name', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => device(name, { state: 'unknown' }))
    expect(say(many)).toMatch(/; 3 more devices are not complete\.$/)
  })

  it('says that nobody was asked', () => {
    expect(say([])).toBe('No device is in the scope of this question.')
  })

  it.each([
    ['answered', 'answered live'],
    ['late', 'did not answer in time'],
    ['refused', 'could not answer'],
    ['offline', 'lost'],
  ] as const)('says how a live answer ended: %s', (answered, words) => {
    expect(say([device('gate', { state: 'behind', behind: 1, askedLive: true, answered })])).toContain(words)
  })
})

describe('the coverage summary', () => {
  const coverage = fc.array(
    fc
      .record({
        state: fc.constantFrom('complete', 'behind', 'offline', 'unknown'),
        completeTo: fc.option(fc.integer({ min: 0, max: nowMs }).map((atMs) => new Date(atMs).toISOString())),
        behind: fc.nat(500),
      })
      .map((part) => device('x', part as Partial<Coverage>)),
  )
  it('counts every device exactly once', () => {
    fc.assert(
      fc.property(coverage, (all) => {
        const { total, complete, named, others } = summariseCoverage(all)
        expect(complete + named.length + others).toBe(total)
      }),
    )
  })
  it('never says complete to a time that a complete device has not reached', () => {
    fc.assert(
      fc.property(coverage, (all) => {
        const { completeToMs } = summariseCoverage(all)
        const reached = all.flatMap((one) =>
          one.state === 'complete' && one.completeTo !== null ? [Date.parse(one.completeTo)] : [],
        )
        expect(completeToMs).toBe(reached.length === 0 ? null : Math.min(...reached))
      }),
    )
  })
})
