import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPLY_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import { replyResultSchemas, type CommandBody } from '@sam3-fleet/shared/protocol/command'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { createTempDir, type TempDir } from '@sam3-fleet/test-kit/temp-dir'
import { createFlatIndex } from '../index/flat-index.ts'
import { JOINED_SCENE, record, regroupingOf } from '../regroup/testing/recorded-scene.ts'
import { createSightingSearch } from '../search/sighting-search.ts'
import {
  addVideo,
  makeCommit,
  makeVersion,
  openTestStore,
  TEST_NOW_MS,
  TEST_SPACE,
  type TestStore,
} from '../store/testing/test-store.ts'
import type { CommandHandlers } from '../sync/command-handlers.ts'
import { createDeviceCommands } from './device-commands.ts'
import { createJobIntake } from './job-intake.ts'

/** The shortest thing that counts as a video by its bytes. */
const VIDEO = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1')
const context = { signal: new AbortController().signal, idempotencyKey: 'key-0001' }
const versions = Array.from({ length: 60 }, (_, n) => ({ ...makeVersion({}, `look ${n}`) }))

let dir: TempDir
let store: TestStore
let commands: CommandHandlers
let uploadsDir = ''
/** What the centre answers a fetch with. */
let centre: (path: string) => Response = () => new Response(null, { status: 404 })

beforeAll(async () => {
  dir = await createTempDir('commands')
  uploadsDir = join(dir.path, 'uploads')
  store = openTestStore(join(dir.path, 'a.db'))
  const ids = addVideo(store)
  const index = createFlatIndex()
  for (const version of versions) {
    Object.assign(version.sighting, ids)
    if (version.crop) version.crop.bytes = Buffer.alloc(16 * 1024, version.crop.sha256)
    store.pipeline.commit(makeCommit(ids, { sightings: [version] }))
    await index.add([{ hash: version.sighting.vectorHash, vector: fromF16Bytes(version.vectorF16) }])
  }
  const interpreter = {
    interpret: async (prompt: string) => ({
      prompt,
      labels: prompt === 'car' ? [{ label: 'car', similarity: 1 }] : [],
      colours: [],
      ignored: [],
      summary: '',
    }),
  }
  commands = createDeviceCommands({
    spaceId: TEST_SPACE.spaceId,
    search: createSightingSearch({
      spaceId: TEST_SPACE.spaceId,
      index,
      readers: store.readers,
      understanding: { understand: () => Promise.reject(new Error('the centre encodes its questions')) },
    }),
    readers: store.readers,
    sources: store.sources,
    jobs: store.jobs,
    jobRunner: { run: async () => undefined, cancel: () => Promise.reject(new Error('no job runs here')) },
    intake: createJobIntake({ jobs: store.jobs, interpreter, labels: ['car'], defaultThreshold: 0.4 }),
    regrouping: regroupingOf(store),
    pipeline: {
      run: () => Promise.reject(new Error('no pipeline runs here')),
      abandon: () => undefined,
      rates: () => ({ framesPerS: 0, detectMsP50: 0, framesDropped: 0 }),
      lastFrame: async (_, maxWidth) => ({
        bytes: new Uint8Array(3),
        width: maxWidth,
        height: 9,
        atMs: TEST_NOW_MS,
      }),
    },
    outbox: store.outbox,
    nowMs: () => TEST_NOW_MS,
    uploadsDir,
    newId: randomUUID,
    fetchFromCentre: async (path) => centre(path),
  })
})
afterAll(async () => {
  store[Symbol.dispose]()
  await dir[Symbol.asyncDispose]()
})

const question = (part: object): Extract<CommandBody, { kind: 'search' }> => ({
  kind: 'search',
  q: null,
  vectors: [],
  interpretation: null,
  filters: {},
  sinceSeq: 0,
  epoch: store.outbox.position().epoch,
  limit: 200,
  ...part,
})

describe('a question of the centre', () => {
  test('by a vector is answered with the nearest, their crops, and up to where this device has looked', async () => {
    const wanted = versions[17]
    const f16 = Buffer.from(wanted?.vectorF16 ?? []).toString('base64')
    const answer = await commands.search(
      question({ vectors: [{ spaceId: TEST_SPACE.spaceId, f16 }], limit: 3 }),
      context,
    )
    expect(replyResultSchemas.search.parse(answer)).toEqual(answer)
    expect(answer.results.length).toBe(3)
    expect(answer.results[0]?.sighting.id).toBe(wanted?.sighting.id)
    expect(answer.results[0]?.similarity).toBeCloseTo(1, 3)
    expect(answer.maxSeq).toBe(store.outbox.position().maxSeq)
    const sha256 = wanted?.crop?.sha256 ?? ''
    expect(Buffer.from(answer.crops[sha256] ?? '', 'base64')).toEqual(wanted?.crop?.bytes)
  })

  test('about what it does not have yet leaves out what it has', async () => {
    const { maxSeq } = store.outbox.position()
    const news = await commands.search(question({ sinceSeq: maxSeq - 4 }), context)
    expect(news.results.length).toBe(2)
    const all = await commands.search(question({ sinceSeq: maxSeq, epoch: randomUUID() }), context)
    expect(all.results.length).toBe(versions.length)
  })

  test('never makes a reply larger than one may be', async () => {
    const answer = await commands.search(question({}), context)
    expect(answer.results.length).toBe(versions.length)
    expect(Object.keys(answer.crops).length).toBeGreaterThan(10)
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(REPLY_MAX_BYTES)
  })
})

describe('an upload of the centre', () => {
  const body = (part: object = {}): Extract<CommandBody, { kind: 'jobs.create' }> => ({
    kind: 'jobs.create',
    uploadPath: '/api/v1/uploads/1',
    sha256: sha256Hex(VIDEO),
    bytes: VIDEO.byteLength,
    fileName: 'gate.mp4',
    textPrompt: null,
    confidenceThreshold: null,
    ...part,
  })
  const key = (idempotencyKey: string) => ({ ...context, idempotencyKey })

  test('becomes a job once, however often it is commanded', async () => {
    centre = () => new Response(VIDEO)
    const { job } = await commands['jobs.create'](body(), key('once-0001'))
    const again = await commands['jobs.create'](body(), key('once-0001'))
    expect(again.job.id).toBe(job.id)
    expect(job).toMatchObject({ fileName: 'gate.mp4', status: 'queued', confidenceThreshold: 0.4 })
    expect((await readdir(uploadsDir)).length).toBe(1)
  })

  test.each<[string, () => Response, object, string]>([
    ['changed on its way', () => new Response(Buffer.from(VIDEO).fill(1, 12)), {}, 'CONFLICT'],
    ['longer than was said', () => new Response(Buffer.alloc(9_999)), {}, 'PAYLOAD_TOO_LARGE'],
    ['gone', () => new Response(null, { status: 404 }), {}, 'UNAVAILABLE'],
    [
      'with a prompt that cannot be seen',
      () => new Response(VIDEO),
      { textPrompt: 'ghost' },
      'PROMPT_NOT_SUPPORTED',
    ],
    [
      'that is no video',
      () => new Response('#EXTM3U'),
      { sha256: sha256Hex('#EXTM3U'), bytes: 7 },
      'UNSUPPORTED_MEDIA',
    ],
  ])('%s is refused and leaves no file', async (_, answer, part, code) => {
    centre = answer
    const before = await readdir(uploadsDir)
    await expect(commands['jobs.create'](body(part), key('bad-00001'))).rejects.toMatchObject({ code })
    expect(await readdir(uploadsDir)).toEqual(before)
  })
})

test('sources are changed as by a person on the device; the answer has no credentials', async () => {
  const source = {
    name: 'gate',
    uri: 'rtsp://admin:hunter2@camera.local/live',
    prompts: [],
    detectFps: 5,
    enabled: false,
  }
  const made = await commands['sources.upsert']({ kind: 'sources.upsert', source }, context)
  expect(made.source).toMatchObject({ kind: 'rtsp', uri: 'rtsp://camera.local/live' })
  const list = await commands['sources.list']({ kind: 'sources.list' }, context)
  expect(list.sources.map(({ id }) => id)).toContain(made.source.id)
  expect(JSON.stringify(list)).not.toContain('hunter2')
  const remove = { kind: 'sources.remove', id: made.source.id } as const
  expect(await commands['sources.remove'](remove, context)).toEqual({ removed: true })
  expect(await commands['sources.remove'](remove, context)).toEqual({ removed: false })
})

test('a crop is fetched by its sighting; a whole frame is not kept', async () => {
  const { sighting, crop } = versions[3] as (typeof versions)[number]
  const { image } = await commands['media.fetch'](
    { kind: 'media.fetch', sightingId: sighting.id, what: 'crop' },
    context,
  )
  expect(image).toMatchObject({ contentType: 'image/webp', width: 32, height: 24, atMs: sighting.lastSeenMs })
  expect(Buffer.from(image?.base64 ?? '', 'base64')).toEqual(crop?.bytes)
  await expect(
    commands['media.fetch']({ kind: 'media.fetch', sightingId: sighting.id, what: 'frame' }, context),
  ).rejects.toMatchObject({ code: 'NOT_SUPPORTED_BY_PACK' })
  await expect(
    commands['media.fetch']({ kind: 'media.fetch', sightingId: randomUUID(), what: 'crop' }, context),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('a preview is the newest frame of the source that was named, or of the first', async () => {
  const { image } = await commands.preview({ kind: 'preview', sourceId: null, maxWidth: 320 }, context)
  expect(image).toMatchObject({ contentType: 'image/webp', width: 320, atMs: TEST_NOW_MS })
})

test('a sighting is split when the centre asks, and the answer names what it is now', async () => {
  const { videoId } = await record(store, JOINED_SCENE)
  const ids = (): string[] =>
    store.readers
      .newestSightings({}, 1_000)
      .filter((sighting) => sighting.videoId === videoId)
      .map(({ id }) => id)
  const [sightingId = ''] = ids()
  const split = { kind: 'sightings.split', sightingId, trackIds: null } as const
  const answer = await commands['sightings.split'](split, context)
  expect(replyResultSchemas['sightings.split'].parse(answer)).toEqual(answer)
  expect(answer.parts.map(({ sightingId: id }) => id).toSorted()).toEqual(ids().toSorted())
  expect(answer.parts.map(({ trackIds }) => trackIds.length)).toEqual([1, 1, 1])
})
