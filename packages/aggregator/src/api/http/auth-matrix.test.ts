import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedDevice } from '../../testing/seed.ts'
import { startTestCentre, tokenOf, type TestCentre } from '../../testing/test-centre.ts'
import { mayCall, ROLES } from '../principal.ts'
import { listProcedures, type ProcedureFacts } from '../procedures.ts'
import { appRouter } from '../router.ts'

/** A device of this tenant that is offline: what acts on it gets past every check of rights, and no further. */
const DEVICE = 'device-of-default'
const REF = { deviceId: DEVICE, sightingId: uuidv7() }

/** A well-formed input for every procedure that needs one, by what the caller would own. */
const INPUTS: Record<string, unknown> = {
  'sightings.byId': REF,
  'sightings.similar': REF,
  'sightings.frame': REF,
  'sightings.split': REF,
  'devices.byId': { deviceId: DEVICE },
  'devices.preview': { deviceId: DEVICE },
  'devices.revoke': { deviceId: DEVICE },
  'jobs.create': { deviceId: DEVICE, uploadId: uuidv7() },
  'jobs.cancel': { deviceId: DEVICE, id: uuidv7() },
  'sources.list': { deviceId: DEVICE },
  'sources.upsert': { deviceId: DEVICE, source: { name: 'Gate', uri: 'rtsp://camera/1' } },
  'sources.remove': { deviceId: DEVICE, id: uuidv7() },
}

const procedures = listProcedures(appRouter)

describe('every procedure, by either door', () => {
  let centre: TestCentre
  beforeAll(async () => {
    centre = await startTestCentre({ closed: true })
    await seedDevice(centre.db, { deviceId: DEVICE, presence: 'offline' })
  })
  afterAll(() => centre[Symbol.asyncDispose]())

  const inputOf = ({ path, input }: ProcedureFacts): unknown => INPUTS[path] ?? (input ? {} : undefined)

  /** Status of the answer; the body of an event stream is not waited for. */
  async function call(door: 'trpc' | 'rest', facts: ProcedureFacts, token: string | null): Promise<number> {
    const base = door === 'trpc' ? '/trpc/' : '/api/v1/'
    const input = JSON.stringify(inputOf(facts))
    const get = facts.type !== 'mutation'
    const url = `${centre.url}${base}${facts.path}${get && input ? `?input=${encodeURIComponent(input)}` : ''}`
    const gone = new AbortController()
    const response = await fetch(url, {
      method: get ? 'GET' : 'POST',
      signal: gone.signal,
      headers: {
        'content-type': 'application/json',
        ...(facts.type === 'subscription' && { accept: 'text/event-stream' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(!get && { body: input }),
    })
    gone.abort()
    return response.status
  }

  for (const facts of procedures)
    for (const door of ['trpc', 'rest'] as const)
      test(`${facts.path} over ${door} obeys its policy`, async () => {
        expect(await call(door, facts, null)).toBe(401)
        const policy = facts.meta.policy ?? 'admin'
        for (const role of ROLES) {
          const status = await call(door, facts, tokenOf(role))
          expect({ role, refused: status === 403 }).toEqual({ role, refused: !mayCall(role, policy) })
          expect(status).not.toBe(500)
          expect(status).not.toBe(400)
        }
      })

  const onOneDevice = procedures.filter(({ path }) => path in INPUTS)
  test('there are procedures on one device to check', () => {
    expect(onOneDevice.length).toBe(Object.keys(INPUTS).length)
  })
  for (const facts of onOneDevice)
    test(`${facts.path} of another tenant is as if it were not there`, async () => {
      expect(await call('rest', facts, tokenOf('admin', 'other'))).toBe(404)
    })
})
