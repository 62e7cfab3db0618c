import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import type { Database } from '../database/database.ts'
import { emptyDatabase } from '../testing/empty-database.ts'
import { seedDevice } from '../testing/seed.ts'
import { openTestPglite } from '../testing/test-pglite.ts'
import { createWordEncoder } from '../testing/word-encoder.ts'
import { createFleetUnderstanding } from './fleet-understanding.ts'

let db: Database
beforeAll(async () => {
  db = await openTestPglite()
})
afterAll(() => db[Symbol.asyncDispose]())
beforeEach(() => emptyDatabase(db))

const PACK_LABELS = ['person', 'car', 'dog', 'bus', 'boat', 'cat', 'bird', 'truck']

async function understoodLabels(
  { understanding }: Awaited<ReturnType<ReturnType<typeof createFleetUnderstanding>['ready']>>,
  question: string,
): Promise<string[]> {
  const { interpretation } = await understanding.understand(question)
  return interpretation.labels.map(({ label }) => label)
}

test('the labels of a device that joins are understood soon, and the question in between is not held up', async () => {
  const clock = new FakeClock()
  const encoder = createWordEncoder()
  const fleet = createFleetUnderstanding({ db, clock, encoder, packLabels: PACK_LABELS })
  await fleet.warmUp('default')
  const before = await fleet.ready('default')
  expect(await understoodLabels(before, 'forklift')).toEqual([])
  await seedDevice(db, { deviceId: 'device-new', labels: ['forklift'] })
  await clock.advance(10_000)
  expect(await fleet.ready('default')).toBe(before)
  const after = await waitUntil('the new understanding', async () => {
    const ready = await fleet.ready('default')
    return ready === before ? null : ready
  })
  expect(await understoodLabels(after, 'forklift')).toEqual(['forklift'])
  expect(await understoodLabels(after, 'car')).toEqual(['car'])
})

test('an encoder that fails once is asked again', async () => {
  const working = createWordEncoder()
  let failures = 1
  const encoder: typeof working = {
    ...working,
    encode: (sentences) =>
      failures-- > 0 ? Promise.reject(new Error('the worker died')) : working.encode(sentences),
  }
  const fleet = createFleetUnderstanding({ db, clock: new FakeClock(), encoder, packLabels: PACK_LABELS })
  await expect(fleet.ready('default')).rejects.toThrow('the worker died')
  expect(await understoodLabels(await fleet.ready('default'), 'dog')).toEqual(['dog'])
})
