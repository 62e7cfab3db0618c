// A whole agent with the smallest SAM3 pack: any words are a prompt, masks come from the model, all else works on.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RleMask } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { formOf, formOfBytes, jobEnded, startTestAgent, type TestAgent } from '../testing/test-agent.ts'

type Row = Record<string, unknown>

const TINY_PACK = fileURLToPath(new URL('../../../models/src/sam3/fixtures/tiny', import.meta.url))
/** Random weights find something everywhere: this many are enough. */
const FINDS_SOMETHING = '0.75'
const [WIDTH, HEIGHT] = [416, 312]

let agent: TestAgent

beforeAll(async () => {
  agent = await startTestAgent({ FLEET_MODEL_PACK: TINY_PACK, FLEET_SAM3_RUNTIME: 'onnxruntime' })
})
afterAll(() => agent[Symbol.asyncDispose]())

async function askWith(fields: Record<string, string>) {
  const street = new URL('../../../models/src/detect/golden/street.png', import.meta.url)
  const form = formOfBytes('image', await readFile(street), 'street.png')
  for (const [name, value] of Object.entries(fields)) (form.body as FormData).set(name, value)
  return agent.ask<{ method: string; interpretation: Row; objects: Row[] }>('/segment', form)
}

test('says with which pack it sees', async () => {
  const { body } = await agent.ask('/health')
  expect(body).toMatchObject({ status: 'ok', pack: { id: 'sam3-tiny-random' } })
})

test('answers a text with masks of the model, labelled with the text', async () => {
  const { status, body } = await askWith({
    text: 'a Garden  gnome',
    confidence_threshold: FINDS_SOMETHING,
  })
  expect([status, body.method]).toEqual([200, 'model'])
  expect(body.interpretation).toMatchObject({ labels: [{ label: 'a garden gnome' }] })
  expect(body.objects.length).toBeGreaterThan(0)
  for (const { label, mask } of body.objects) {
    expect(label).toBe('a garden gnome')
    expect((mask as RleMask).size).toEqual([HEIGHT, WIDTH])
    expect(decodeMask(mask as RleMask).length).toBe(WIDTH * HEIGHT)
  }
})

test('answers each box and all points by the model, with one mask an object', async () => {
  const boxes = await askWith({ boxes: '[[372,162,403,222],[10,10,200,200]]' })
  expect([boxes.status, boxes.body.method, boxes.body.objects.length]).toEqual([200, 'model', 2])
  const points = await askWith({ points: '[[387,190],[20,20]]', labels: '[1,0]' })
  expect([points.status, points.body.method, points.body.objects.length]).toEqual([200, 'model', 1])
  for (const { mask } of [...boxes.body.objects, ...points.body.objects])
    expect((mask as RleMask).size).toEqual([HEIGHT, WIDTH])
})

test('works a job off for words that no detector has a label for', async () => {
  const fields = { text_prompt: 'a garden gnome', confidence_threshold: FINDS_SOMETHING }
  const { status, body } = await agent.ask(
    '/api/v1/detect',
    await formOf('file', clipPath('carphone_pristine.mp4'), fields),
  )
  expect([status, body['interpretation']]).toMatchObject([202, { labels: [{ label: 'a garden gnome' }] }])
  const job = await jobEnded(agent, String(body['job_id']))
  expect(job).toMatchObject({ status: 'completed', error: null })
  expect(Number(job['detections'])).toBeGreaterThan(0)
  const { body: found } = await agent.ask<{ results: Row[] }>('/api/v1/search?q=a+garden+gnome&limit=5')
  expect(found.results[0]).toMatchObject({ label: 'a garden gnome', text_prompt: 'a garden gnome' })
})

test('keeps how long one look of a source may serve, within bounds', async () => {
  const ask = (method: string, path: string, body: object) =>
    agent.ask<Row>(`/api/v1/sources${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const given = { name: 'Off', uri: clipPath('carphone_pristine.mp4'), prompts: ['dog'], enabled: false }
  const made = await ask('POST', '', given)
  expect([made.status, made.body['key_frame_ms']]).toEqual([201, null])
  const path = `/${String(made.body['id'])}`
  expect((await ask('PATCH', path, { key_frame_ms: 400 })).body['key_frame_ms']).toBe(400)
  // What is not named stays.
  expect((await ask('PATCH', path, { name: 'Still off' })).body['key_frame_ms']).toBe(400)
  for (const wrong of [-1, 10_001, 0.5]) {
    const { status } = await ask('PATCH', path, { key_frame_ms: wrong })
    expect(status).toBe(400)
  }
  expect((await agent.ask(`/api/v1/sources${path}`, { method: 'DELETE' })).status).toBe(204)
})

test('watches a source for each of its prompts', async () => {
  const prompts = ['a red umbrella', 'delivery van']
  const { status } = await agent.ask('/api/v1/sources', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Clip', uri: clipPath('carphone_pristine.mp4'), prompts, detect_fps: 2 }),
  })
  expect(status).toBe(201)
  await waitUntil('the source to be worked through', async () => {
    const { body } = await agent.ask<{ sources: Row[] }>('/api/v1/sources')
    const state = body.sources[0]?.['state']
    if (state === 'failed') throw new Error(String(body.sources[0]?.['state_detail']))
    return state === 'finished'
  })
  const { body } = await agent.ask<{ objects: Row[] }>('/api/v1/objects?group_by=label')
  const known = [...prompts, 'a garden gnome']
  for (const { label } of body.objects) expect(known).toContain(label)
})
