import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { formOf, jobEnded, startTestAgent, type Answer, type TestAgent } from '../testing/test-agent.ts'

interface Shown {
  sighting_id: string
  source_id: string
  count: number
  track_count: number
  track_ids: number[]
}

let agent: TestAgent
let sourceId = ''

const post = <T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>> =>
  agent.ask<T>(path, {
    method: 'POST',
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
const sightings = async (): Promise<Shown[]> =>
  (await agent.ask<{ results: Shown[] }>('/api/v1/search?limit=200')).body.results
const counts = (shown: Shown[]): number => shown.reduce((sum, { count }) => sum + count, 0)
const regroup = async (radius: number): Promise<Record<string, number>> =>
  (await post<Record<string, number>>(`/api/v1/sources/${sourceId}/regroup`, { radius })).body

beforeAll(async () => {
  agent = await startTestAgent()
  const { body } = await agent.ask(
    '/api/v1/detect',
    await formOf('file', clipPath('bikes.mp4'), { confidence_threshold: '0.45' }),
  )
  await jobEnded(agent, String(body['job_id']))
  sourceId = (await sightings())[0]?.source_id ?? ''
})
afterAll(() => agent[Symbol.asyncDispose]())

describe('joins of a clip', () => {
  test('are taken back and made again, wider and as before, with all counts kept', async () => {
    const before = await sightings()
    const all = counts(before)
    expect(await regroup(1)).toMatchObject({ videos: 1, videos_changed: 0, detections: all })

    const wide = await regroup(10)
    expect(wide['sightings_after']).toBeLessThan(before.length)
    const joined = (await sightings()).find(({ track_count: tracks }) => tracks > 1)
    const split = await post<{ sightings: Shown[] }>(`/api/v1/sightings/${joined?.sighting_id}/split`)
    expect(split.status).toBe(200)
    expect(split.body.sightings.length).toBe(joined?.track_count)
    expect(split.body.sightings.map(({ track_ids: ids }) => ids.length)).toEqual(
      split.body.sightings.map(() => 1),
    )
    expect(counts(split.body.sightings)).toBe(joined?.count)
    expect(counts(await sightings())).toBe(all)

    const again = await regroup(1)
    expect(again).toMatchObject({ sightings_after: before.length, detections: all })
    const asBefore = (shown: Shown[]) =>
      shown.map(({ count, track_count: tracks }) => `${count}/${tracks}`).toSorted()
    expect(asBefore(await sightings())).toEqual(asBefore(before))
  })

  test('are refused with words when they cannot be what is asked for', async () => {
    const [shown] = await sightings()
    const path = `/api/v1/sightings/${shown?.sighting_id}/split`
    expect(await post(path, { track_ids: [999_999] })).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT', hint: expect.stringMatching(/Its tracks are/) } },
    })
    expect((await post(path, { track_ids: [] })).status).toBe(400)
    expect((await post(`/api/v1/sources/${sourceId}/regroup`, { radius: -1 })).status).toBe(400)
    const unknown = '01a20a43-68c2-7747-8d09-5a01d0e2bf15'
    expect((await post(`/api/v1/sources/${unknown}/regroup`, { radius: 1 })).status).toBe(404)
    expect((await post(`/api/v1/sightings/${unknown}/split`)).status).toBe(404)
  })
})
