import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { storeMedia } from '../../store/media.ts'
import { seedDevice } from '../../testing/seed.ts'
import {
  DEVICE_SECRET,
  ENROL_TOKEN,
  startTestCentre,
  tokenOf,
  UPLOAD_MAX_BYTES,
  type TestCentre,
} from '../../testing/test-centre.ts'
import type { AppRouter } from '../router.ts'

const DEVICE = 'device-one'
const bearer = (role: 'viewer' | 'operator', tenantId?: string): Record<string, string> => ({
  authorization: `Bearer ${tokenOf(role, tenantId)}`,
})
const asDevice = (deviceId: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${deviceId}:${secret}`).toString('base64')}`,
})

describe('a centre with tokens', () => {
  let centre: TestCentre
  beforeAll(async () => {
    centre = await startTestCentre({ closed: true })
    await seedDevice(centre.db, { deviceId: DEVICE, name: 'Gate box' })
  })
  afterAll(() => centre[Symbol.asyncDispose]())

  const client = (headers: Record<string, string>) =>
    createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url: `${centre.url}/trpc`, headers })],
    })

  test('a refused call carries code, message and hint', async () => {
    const failure = await client({})
      .devices.list.query()
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(TRPCClientError)
    const { data } = failure as TRPCClientError<AppRouter>
    expect(data?.httpStatus).toBe(401)
    expect(data?.fleet).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(data?.fleet.hint).toContain('Bearer')
    expect(JSON.stringify(failure)).not.toContain('stack')
  })

  test('wrong input says which field', async () => {
    const failure = await client(bearer('viewer'))
      .devices.list.query({ limit: 0 })
      .catch((thrown: unknown) => thrown)
    const { data } = failure as TRPCClientError<AppRouter>
    expect(data?.fleet).toMatchObject({ code: 'INVALID_INPUT' })
    expect(data?.fleet.message).toContain('limit')
  })

  test('devices are listed to a client that batches', async () => {
    const caller = client(bearer('viewer'))
    const [list, status] = await Promise.all([caller.devices.list.query(), caller.sync.status.query()])
    expect(list.devices.map(({ name }) => name)).toEqual(['Gate box'])
    expect(status.totals.devices).toBe(1)
  })

  test('a batch of 1,000 is refused', async () => {
    const paths = Array.from({ length: 1_000 }, () => 'spaces.list').join(',')
    const response = await fetch(`${centre.url}/trpc/${paths}?batch=1&input=%7B%7D`, {
      headers: bearer('viewer'),
    })
    expect(response.status).toBe(400)
  })

  test('a body that is too large is refused', async () => {
    const response = await fetch(`${centre.url}/api/v1/search.find`, {
      method: 'POST',
      headers: { ...bearer('viewer'), 'content-type': 'application/json' },
      body: JSON.stringify({ image: 'a'.repeat(4_000_000) }),
    })
    expect(response.status).toBe(413)
  })

  test('sync.watch speaks at once, over tRPC and over REST', async () => {
    const first = Promise.withResolvers<number>()
    const watching = createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (op) => op.type === 'subscription',
          true: httpSubscriptionLink({
            url: `${centre.url}/trpc`,
            EventSource: eventSourceWith(bearer('viewer')),
          }),
          false: httpBatchLink({ url: `${centre.url}/trpc` }),
        }),
      ],
    }).sync.watch.subscribe(undefined, {
      onData: (status) => first.resolve(status.devices.length),
      onError: first.reject,
    })
    expect(await first.promise).toBe(1)
    watching.unsubscribe()

    const response = await fetch(`${centre.url}/api/v1/sync.watch`, { headers: bearer('viewer') })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.getReader()
    const chunk = await reader?.read()
    expect(new TextDecoder().decode(chunk?.value)).toMatch(/^data: \{"at":/)
    await reader?.cancel()
  })

  test('wrong tokens wait after a few, and say so', async () => {
    await using other = await startTestCentre({ closed: true })
    const statuses = []
    for (let attempt = 0; attempt < 12; attempt++) {
      const response = await fetch(`${other.url}/api/v1/spaces.list`, {
        headers: { authorization: `Bearer guess-${attempt}` },
      })
      statuses.push(response.status)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  })

  test('media are served to their tenant only, as what they are, for ever', async () => {
    const content = Buffer.from('a picture')
    const sha256 = createHash('sha256').update(content).digest('hex')
    const size = { width: 1, height: 1 }
    const media = {
      tenantId: DEFAULT_TENANT,
      deviceId: DEVICE,
      sha256,
      contentType: 'image/webp',
      ...size,
      content,
    }
    await storeMedia(centre.db, media)
    const url = `${centre.url}/media/${sha256}`
    const response = await fetch(url, { headers: bearer('viewer') })
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=31536000, immutable',
    })
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: bearer('viewer', 'other') })).status).toBe(404)
    expect(
      (await fetch(`${centre.url}/media/..%2f..%2fetc%2fpasswd`, { headers: bearer('viewer') })).status,
    ).toBe(404)
  })

  describe('uploads', () => {
    const MP4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.alloc(500, 7)])
    const upload = (body: Buffer, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${centre.url}/api/v1/uploads`, {
        method: 'POST',
        body,
        headers: {
          ...bearer('operator'),
          'x-file-name': encodeURIComponent('../../Einfahrt süd.mp4'),
          'x-device-id': DEVICE,
          ...headers,
        },
      })

    test('are kept under a name of ours and fetched by the device that they are for', async () => {
      const response = await upload(MP4)
      expect(response.status).toBe(201)
      const made = (await response.json()) as { uploadId: string }
      expect(made).toMatchObject({
        fileName: 'Einfahrt süd.mp4',
        contentType: 'video/mp4',
        bytes: MP4.byteLength,
        sha256: createHash('sha256').update(MP4).digest('hex'),
      })
      expect(await readdir(centre.uploadFolder)).toEqual([made.uploadId])
      const url = `${centre.url}/api/v1/uploads/${made.uploadId}`
      const own = await fetch(url, { headers: asDevice(DEVICE, DEVICE_SECRET) })
      expect(Buffer.from(await own.arrayBuffer())).toEqual(MP4)
      expect((await fetch(url, { headers: asDevice('device-two', DEVICE_SECRET) })).status).toBe(404)
      expect((await fetch(url, { headers: asDevice(DEVICE, 'wrong') })).status).toBe(401)
      expect((await fetch(url, { headers: bearer('viewer') })).status).toBe(401)
    })

    test('of the wrong kind, too large, empty, for nobody or by a viewer are refused and leave no file', async () => {
      const before = await readdir(centre.uploadFolder)
      const playlist = Buffer.from('#EXTM3U\nfile:///etc/passwd\n')
      expect((await upload(playlist)).status).toBe(415)
      expect((await upload(Buffer.concat([MP4, Buffer.alloc(UPLOAD_MAX_BYTES)]))).status).toBe(413)
      expect((await upload(Buffer.alloc(0))).status).toBe(400)
      expect((await upload(MP4, { 'x-device-id': 'device-nobody' })).status).toBe(404)
      expect((await upload(MP4, bearer('viewer'))).status).toBe(403)
      expect((await upload(MP4, { 'x-file-name': '%zz' })).status).toBe(400)
      expect(await readdir(centre.uploadFolder)).toEqual(before)
    })
  })

  test('a device enrols with a token, once it is good', async () => {
    const enrol = (token: string): Promise<Response> =>
      fetch(`${centre.url}/api/v1/enrol`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, deviceId: 'device-new', name: 'New' }),
      })
    expect((await enrol('guessed')).status).toBe(403)
    const response = await enrol(ENROL_TOKEN)
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({ username: 'device-new', password: 'fresh' })
  })

  test('health is open, metrics are not, and both answer', async () => {
    const health = await fetch(`${centre.url}/healthz`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({
      status: 'ok',
      durability: 'process_safe',
      database: { kind: 'pglite', pgvector: '0.8.7' },
      broker: { kind: 'aedes', connected: true },
    })
    expect((await fetch(`${centre.url}/metrics`)).status).toBe(401)
    expect((await fetch(`${centre.url}/metrics`, { headers: bearer('viewer') })).status).toBe(200)
  })

  test('the OpenAPI document is served, and what is not there is said to be not there', async () => {
    const document = (await (await fetch(`${centre.url}/api/v1/openapi.json`)).json()) as { openapi: string }
    expect(document.openapi).toMatch(/^3\.1/)
    const missing = await fetch(`${centre.url}/api/v1/devices.destroy`, { headers: bearer('viewer') })
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })
})

describe('a centre without tokens', () => {
  let centre: TestCentre
  beforeAll(async () => {
    centre = await startTestCentre({ closed: false })
  })
  afterAll(() => centre[Symbol.asyncDispose]())

  const statusWith = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      request(`${centre.url}/api/v1/spaces.list`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })

  test('answers callers on this machine', async () => {
    expect(await statusWith({})).toBe(200)
    expect(await statusWith({ origin: 'http://localhost:3000' })).toBe(200)
  })

  test('answers no page of another site, whatever name it has for this machine', async () => {
    expect(await statusWith({ host: 'rebound.example:4000' })).toBe(401)
    expect(await statusWith({ origin: 'https://site.example' })).toBe(401)
    expect(await statusWith({ origin: 'null' })).toBe(401)
  })
})

/** Node has no EventSource; this one reads the stream with fetch and sends the header, as the console's server does. */
function eventSourceWith(headers: Record<string, string>) {
  return class extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSED = 2
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSED = 2
    readyState = 0
    readonly #gone = new AbortController()

    constructor(url: string) {
      super()
      this.#read(url).catch(() => this.dispatchEvent(new Event('error')))
    }

    async #read(url: string): Promise<void> {
      const response = await fetch(url, {
        headers: { ...headers, accept: 'text/event-stream' },
        signal: this.#gone.signal,
      })
      this.readyState = 1
      this.dispatchEvent(new Event('open'))
      let text = ''
      const decoder = new TextDecoder()
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true })
        const events = text.split('\n\n')
        text = events.pop() ?? ''
        for (const event of events) this.#emit(event)
      }
    }

    #emit(event: string): void {
      const field = (name: string): string | undefined =>
        event
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2)
      this.dispatchEvent(new MessageEvent(field('event') ?? 'message', { data: field('data') ?? '' }))
    }

    close(): void {
      this.readyState = 2
      this.#gone.abort()
    }
  }
}
