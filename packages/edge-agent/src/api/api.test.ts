import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { parquetReadObjects } from 'hyparquet'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import { decodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { BATCH_FILE_TYPE, readBatchFile } from '@sam3-fleet/shared/protocol/batch-file'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { formOf, formOfBytes, jobEnded, startTestAgent, type TestAgent } from '../testing/test-agent.ts'

type Row = Record<string, unknown>

let agent: TestAgent
let jobId = ''

beforeAll(async () => {
  agent = await startTestAgent()
  const { body } = await agent.ask<Row>(
    '/api/v1/detect',
    await formOf('file', clipPath('bikes.mp4'), {
      recorded_at: '2026-01-02T03:04:05Z',
      confidence_threshold: '0.45',
    }),
  )
  jobId = String(body['job_id'])
  await jobEnded(agent, jobId)
})
afterAll(() => agent[Symbol.asyncDispose]())

describe('a device that has looked at a clip', () => {
  test('tells that it is well, and with what, to everybody', async () => {
    const { status, body } = await agent.ask('/health')
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'ok',
      version: expect.any(String),
      pack: { id: 'default', version: expect.any(String) },
      index: { kind: 'faiss-flat-ip', reason: expect.stringContaining('CPU') },
      disk_paused: false,
      rate: { factor: 1, reason: null },
      uptime_s: expect.any(Number),
    })
  })

  test('tells how a job ended', async () => {
    const { body } = await agent.ask(`/api/v1/jobs/${jobId}`)
    expect(body).toMatchObject({ status: 'completed', progress: 1, text_prompt: null, error: null })
    expect(Number(body['detections'])).toBeGreaterThan(10)
    expect(Number(body['sightings'])).toBeGreaterThan(2)
    const { body: list } = await agent.ask<{ jobs: Row[] }>('/api/v1/jobs?limit=1')
    expect(list.jobs.map((job) => job['job_id'])).toEqual([jobId])
  })

  test('answers a search in the documented form, best first', async () => {
    const { body } = await agent.ask<{ query: string; results: Row[] }>(
      '/api/v1/search?q=traffic+car&limit=50',
    )
    expect(body.query).toBe('traffic car')
    expect(body.results.length).toBeGreaterThan(0)
    expect(body.results[0]).toMatchObject({
      detection_id: expect.any(Number),
      video_id: expect.any(String),
      frame_idx: expect.any(Number),
      text_prompt: null,
      confidence: expect.any(Number),
      similarity: expect.any(Number),
      bbox: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
      device_id: 'gate-0001',
      band: expect.stringMatching(/^(strong|likely|weak)$/),
      label: 'car',
    })
    expect(String(body.results[0]?.['first_seen'])).toMatch(/^2026-01-02T03:04:/)
  })

  test('says nothing matches rather than showing the least bad', async () => {
    const { body } = await agent.ask<{ results: Row[] }>('/api/v1/search?q=giraffe+in+the+snow')
    expect(body.results).toEqual([])
  })

  test('applies filters inside the search, whatever the limit', async () => {
    const { body } = await agent.ask<{ results: Row[] }>('/api/v1/search?q=car&label=person&limit=1')
    for (const result of body.results) expect(result['label']).toBe('person')
    const late = await agent.ask<{ results: Row[] }>('/api/v1/search?from=2026-01-02T04:00:00Z')
    expect(late.body.results).toEqual([])
    const all = await agent.ask<{ results: Row[] }>('/api/v1/search?limit=200')
    expect(all.body.results.length).toBeGreaterThan(2)
  })

  test('counts what it saw by label, colour and source', async () => {
    const groups = async (by: string): Promise<Row[]> =>
      (await agent.ask<{ objects: Row[] }>(`/api/v1/objects?group_by=${by}`)).body.objects
    const labels = await groups('label')
    expect(labels.map(({ label }) => label)).toEqual(expect.arrayContaining(['person', 'car']))
    expect(labels[0]).toEqual({
      label: expect.any(String),
      count: expect.any(Number),
      sightings: expect.any(Number),
      avg_confidence: expect.any(Number),
    })
    expect((await groups('source')).map(({ label }) => label)).toEqual(['bikes.mp4'])
    expect((await groups('colour')).length).toBeGreaterThan(1)
  })

  test('leads from a sighting to its detections and its crop', async () => {
    const { body } = await agent.ask<{ results: Row[] }>('/api/v1/search?q=person&limit=1')
    const [found] = body.results
    const { body: sighting } = await agent.ask<{ count: number; detections: Row[] }>(
      `/api/v1/sightings/${String(found?.['sighting_id'])}`,
    )
    expect(sighting.detections.length).toBe(sighting.count)
    const { body: detection } = await agent.ask(`/api/v1/detections/${String(found?.['detection_id'])}`)
    expect(detection).toMatchObject({
      sighting_id: found?.['sighting_id'],
      bbox: found?.['bbox'],
      mask: null,
    })
    const crop = await fetch(`${agent.url}${String(found?.['media'])}`)
    expect(crop.headers.get('content-type')).toBe('image/webp')
    const bytes = Buffer.from(await crop.arrayBuffer())
    expect(bytes.byteLength).toBeLessThanOrEqual(16 * 1024)
    expect((await sharp(bytes).metadata()).format).toBe('webp')
  })

  test('exports every detection exactly once, page by page, the same in all formats', async () => {
    const ids: number[] = []
    for (let path: string | null = '/api/v1/export?limit=7'; path !== null;) {
      const response: Response = await fetch(`${agent.url}${path}`)
      const lines = (await response.text()).trim().split('\n')
      ids.push(...lines.map((line) => (JSON.parse(line) as { detection_id: number }).detection_id))
      path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null
    }
    const { body: job } = await agent.ask(`/api/v1/jobs/${jobId}`)
    expect(ids.length).toBe(job['detections'])
    expect(new Set(ids).size).toBe(ids.length)

    const parquet = await (await fetch(`${agent.url}/api/v1/export?format=parquet`)).arrayBuffer()
    const rows = (await parquetReadObjects({ file: parquet })) as Row[]
    expect(rows.map((row) => Number(row['detection_id']))).toEqual(ids)
    expect(rows[0]).toMatchObject({ label: expect.any(String), text_prompt: null, at: expect.any(Date) })

    const csv = await (await fetch(`${agent.url}/api/v1/export?format=csv`)).text()
    expect(csv.trim().split('\r\n').length).toBe(ids.length + 1)

    const coco = await agent.ask<{ images: Row[]; annotations: { bbox: number[] }[] }>(
      '/api/v1/export?format=coco',
    )
    expect(coco.body.annotations.length).toBe(ids.length)
    expect(coco.body.images[0]).toMatchObject({ width: 640, height: 272 })
    for (const { bbox } of coco.body.annotations)
      expect((bbox[0] ?? 0) + (bbox[2] ?? 0)).toBeLessThanOrEqual(640.01)
  })

  test('exports all that the centre lacks as batches that decode, each entry and each vector once', async () => {
    const response = await fetch(`${agent.url}/api/v1/export?format=fleet`)
    expect(response.headers.get('content-type')).toBe(BATCH_FILE_TYPE)
    const seqs: number[] = []
    const vectors: string[] = []
    for await (const bytes of readBatchFile(response.body as AsyncIterable<Uint8Array>)) {
      const { header, batch } = decodeBatch(bytes, nodeBinaryTools)
      expect(header.deviceId).toBe('gate-0001')
      seqs.push(...batch.entries.map(({ seq }) => seq))
      vectors.push(...batch.vectors.flatMap(({ hashes }) => hashes))
    }
    const { body } = await agent.ask<{ sync: { maxSeq: number }; totals: Row }>('/stats')
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: body.sync.maxSeq }, (_, n) => n + 1))
    expect(new Set(vectors).size).toBe(vectors.length)
    expect(vectors.length).toBe(body.totals['vectors'])
  })

  test('answers /stats and /metrics', async () => {
    const { body } = await agent.ask<{ totals: Row; index: Row }>('/stats')
    expect(body.index['size']).toBe(body.totals['vectors'])
    const metrics = await (await fetch(`${agent.url}/metrics`)).text()
    expect(metrics).toContain(`fleet_sightings{device_id="gate-0001"} ${String(body.totals['sightings'])}`)
  })

  test('removes an upload when its job has ended', async () => {
    await expect.poll(() => agent.uploads()).toEqual([])
  })
})

/** Uploads that came after `before` was read. What jobs before have left may go at any time: it is not counted. */
const uploadsSince = async (before: string[]): Promise<string[]> =>
  (await agent.uploads()).filter((name) => !before.includes(name))

describe('jobs', () => {
  test('a prompt keeps only what it names, and the answer says how it was understood', async () => {
    const { status, body } = await agent.ask(
      '/api/v1/detect',
      await formOf('file', clipPath('bikes.mp4'), { text_prompt: 'a car' }),
    )
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'queued', interpretation: { prompt: 'a car', colours: [] } })
    const job = await jobEnded(agent, String(body['job_id']))
    expect(job).toMatchObject({ status: 'completed', text_prompt: 'a car' })
    const found = await agent.ask<{ objects: Row[] }>('/api/v1/objects?group_by=prompt')
    expect(found.body.objects.map(({ label }) => label)).toContain('a car')
  })

  test('a prompt that the pack cannot see is refused with what it can, and nothing is kept', async () => {
    const before = await agent.uploads()
    const { status, body } = await agent.ask<{ error: Row }>(
      '/api/v1/detect',
      await formOf('file', clipPath('carphone_pristine.mp4'), { text_prompt: 'a purple cathedral' }),
    )
    expect(status).toBe(422)
    expect(body.error).toMatchObject({
      code: 'PROMPT_NOT_SUPPORTED',
      hint: expect.stringContaining('person'),
    })
    expect(await uploadsSince(before)).toEqual([])
  })

  test('the same file and prompt are one job when asked so, and the second copy is not kept', async () => {
    const hand = async (): Promise<Row> =>
      (
        await agent.ask(
          '/api/v1/detect',
          await formOf('file', clipPath('carphone_pristine.mp4'), { idempotent: 'true' }),
        )
      ).body
    const first = await hand()
    const before = await agent.uploads()
    const second = await hand()
    expect(second['job_id']).toBe(first['job_id'])
    expect(await uploadsSince(before)).toEqual([])
    await jobEnded(agent, String(first['job_id']))
  })

  test('a job that is not wanted any more is cancelled, once', async () => {
    const { body } = await agent.ask('/api/v1/detect', await formOf('file', clipPath('vtest.avi')))
    const path = `/api/v1/jobs/${String(body['job_id'])}`
    expect((await agent.ask(path, { method: 'DELETE' })).body).toMatchObject({ status: 'cancelled' })
    const again = await agent.ask<{ error: Row }>(path, { method: 'DELETE' })
    expect([again.status, again.body.error['code']]).toEqual([409, 'CONFLICT'])
  })
})

describe('pictures', () => {
  const street = (): Promise<Buffer> =>
    readFile(new URL('../../../models/src/detect/golden/street.png', import.meta.url))

  test('are answered with what is in them, boxes in 0..1', async () => {
    const picture = await street()
    const { width, height } = await sharp(picture).metadata()
    const { status, body } = await agent.ask<{ objects: { label: string; bbox: number[] }[] }>(
      '/segment',
      formOfBytes('image', picture, 'street.png'),
    )
    expect([status, body]).toEqual([200, expect.objectContaining({ width, height, method: 'detector' })])
    expect(body.objects.map(({ label }) => label)).toContain('person')
    for (const { bbox } of body.objects) {
      const [x = -1, y = -1, w = -1, h = -1] = bbox
      expect(Math.min(x, y, w, h)).toBeGreaterThanOrEqual(0)
      expect(Math.max(x + w, y + h)).toBeLessThanOrEqual(1.000_001)
    }
  })

  test('with a text are answered with what it names only', async () => {
    const form = formOfBytes('image', await street(), 'street.png')
    ;(form.body as FormData).set('text', 'people')
    const { body } = await agent.ask<{ objects: Row[]; interpretation: Row }>('/api/v1/segment', form)
    expect(new Set(body.objects.map(({ label }) => label))).toEqual(new Set(['person']))
    expect(body.interpretation['prompt']).toBe('people')
  })

  test('are drawn over when a picture is asked for', async () => {
    const picture = await street()
    const drawn = await fetch(
      `${agent.url}/api/v1/segment?format=image`,
      formOfBytes('image', picture, 'street.png'),
    )
    expect(drawn.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await drawn.arrayBuffer())
    const { width, height } = await sharp(picture).metadata()
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width, height })
    expect(await isYellowSomewhere(bytes)).toBe(true)
    expect(await isYellowSomewhere(picture)).toBe(false)
  })

  /** Whether any pixel has the colour of the boxes. */
  async function isYellowSomewhere(bytes: Buffer): Promise<boolean> {
    const pixels = await sharp(bytes).removeAlpha().raw().toBuffer()
    for (let at = 0; at < pixels.byteLength; at += 3)
      if (pixels[at] === 0xff && pixels[at + 1] === 0xb0 && pixels[at + 2] === 0) return true
    return false
  }

  const askWith = async (fields: Record<string, string>) => {
    const form = formOfBytes('image', await street(), 'street.png')
    for (const [name, value] of Object.entries(fields)) (form.body as FormData).set(name, value)
    return agent.ask<{ method: string; objects: Row[]; error: Row }>('/segment', form)
  }

  test('with a box are answered with the mask of what is in it, and say that no model made it', async () => {
    const { status, body } = await askWith({ boxes: '[[372,162,403,222]]' })
    expect([status, body.method]).toEqual([200, 'classical'])
    expect(body.objects).toHaveLength(1)
    const [{ label, mask, bbox }] = body.objects as [Row]
    expect(label).toBe('person')
    expect((mask as { size: number[] }).size).toEqual([312, 416])
    expect(iou(bbox as Bbox, [372 / 416, 162 / 312, 31 / 416, 60 / 312])).toBeGreaterThan(0.5)
  })

  test('with a point are answered with the mask of the object that the detector sees there', async () => {
    const { body } = await askWith({ points: '[[387,190]]', labels: '[1]' })
    expect(body.objects).toMatchObject([{ label: 'person' }])
  })

  test.each([
    [{ points: '[[10,10]]', labels: '[1,0]' }, 'one label'],
    [{ points: '[[10,10]]', labels: '[0]' }, 'label 1'],
    [{ points: '[[5000,10]]' }, 'pixels'],
    [{ boxes: '[[100,100,90,120]]' }, 'x1, y1'],
  ])('with hints that cannot be meant are refused with what to do: %o', async (fields, hint) => {
    const { status, body } = await askWith(fields)
    expect([status, body.error['code'], body.error['hint']]).toEqual([
      400,
      'INVALID_INPUT',
      expect.stringContaining(hint),
    ])
  })
})

describe('sources', () => {
  const json = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  test('are added, changed and removed; credentials never come back', async () => {
    const uri = 'rtsp://admin:hunter2@127.0.0.1:9/live'
    const made = await agent.ask('/api/v1/sources', json('POST', { name: 'gate', uri, enabled: false }))
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      kind: 'rtsp',
      uri: 'rtsp://127.0.0.1:9/live',
      detect_fps: 5,
      prompts: [],
    })
    const path = `/api/v1/sources/${String(made.body['id'])}`
    const changed = await agent.ask(path, json('PATCH', { name: 'north gate', prompts: ['red car'] }))
    expect(changed.body).toMatchObject({ name: 'north gate', prompts: ['red car'], enabled: false })
    const list = await agent.ask('/api/v1/sources')
    expect(JSON.stringify([made.body, changed.body, list.body])).not.toContain('hunter2')
    expect((await agent.ask(path, { method: 'DELETE' })).status).toBe(204)
    expect((await agent.ask(path, { method: 'DELETE' })).status).toBe(404)
  })

  test.each([
    [{ name: 'x', uri: 'http://169.254.169.254/latest' }, 400, 'INVALID_INPUT'],
    [{ name: 'x', uri: 'exec:reboot' }, 400, 'INVALID_INPUT'],
    [{ name: '', uri: '/videos/a.mp4' }, 400, 'INVALID_INPUT'],
    [{ name: 'x', uri: '/videos/a.mp4', prompts: ['purple cathedral'] }, 422, 'PROMPT_NOT_SUPPORTED'],
    [{ name: 'x', uri: '/videos/a.mp4', detect_fps: 1e9 }, 400, 'INVALID_INPUT'],
  ])('%j is refused', async (source, status, code) => {
    const answer = await agent.ask<{ error: Row }>('/api/v1/sources', json('POST', source))
    expect([answer.status, answer.body.error['code']]).toEqual([status, code])
  })
})

test('without a token it answers to loopback names only: a page cannot rebind its own name to a device', async () => {
  const statusFor = async (host: string): Promise<number | undefined> => {
    const [response] = (await once(
      get(`${agent.url}/api/v1/sources`, { headers: { host } }),
      'response',
    )) as [IncomingMessage]
    response.resume()
    return response.statusCode
  }
  expect(await statusFor('evil.example')).toBe(403)
  expect(await statusFor('127.0.0.1.evil.example:8000')).toBe(403)
  expect(await statusFor('localhost:8000')).toBe(200)
  expect(await statusFor('[::1]:8000')).toBe(200)
})

test('the document at /openapi.json names every operation with its errors', async () => {
  const { body } = await agent.ask<{
    openapi: string
    paths: Record<string, Record<string, { responses: Row }>>
  }>('/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  for (const [path, operations] of Object.entries(body.paths)) {
    for (const [method, { responses }] of Object.entries(operations))
      expect([path, method, 'default' in responses]).toEqual([path, method, true])
  }
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/segment',
      '/api/v1/detect',
      '/api/v1/search',
      '/api/v1/objects',
      '/api/v1/export',
    ]),
  )
})
