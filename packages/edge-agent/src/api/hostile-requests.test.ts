import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { formOfBytes, jobEnded, startTestAgent, type TestAgent } from '../testing/test-agent.ts'

interface Refused {
  error: { code: string; message: string; hint: string }
}

/** A bearer token as the installer makes it. */
const TOKEN = 'a-token-of-a-device-0001'
const DROPS = 120

let agent: TestAgent
beforeAll(async () => {
  agent = await startTestAgent({ FLEET_API_TOKEN: TOKEN })
})
afterAll(() => agent[Symbol.asyncDispose]())

/** Sends the form and tells how it was refused; whatever was refused must leave nothing. */
async function refusal(path: string, init: RequestInit): Promise<[number, string]> {
  const { status, body } = await agent.ask<Refused>(path, init)
  expect(await agent.uploads()).toEqual([])
  return [status, body.error.code]
}

/** The file of a job goes a moment after the job has ended. */
const swept = (): Promise<void> => expect.poll(() => agent.uploads()).toEqual([])

function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.byteLength)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

describe('files that are not what they say', () => {
  test.each([
    ['a playlist named like a video', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n', 'clip.mp4'],
    [
      'a list for the concat demuxer',
      "ffconcat version 1.0\nfile 'subfile,,start,0,end,9,,:/etc/passwd'\n",
      'clip.avi',
    ],
    ['a session description', 'v=0\no=- 0 0 IN IP4 169.254.169.254\n', 'clip.ts'],
    ['a web page', '<html><script>alert(1)</script>', 'clip.mkv'],
    ['an archive', Buffer.from('PK\x03\x04 and so on', 'latin1'), 'clip.mov'],
    ['a picture of another kind', 'GIF89a and so on', 'clip.mp4'],
  ])('%s is refused before a decoder sees it', async (_, bytes, name) => {
    expect(await refusal('/api/v1/detect', formOfBytes('file', bytes, name))).toEqual([
      415,
      'UNSUPPORTED_MEDIA',
    ])
  })

  test('a video that is cut short ends its job with a reason, and the next one is worked on', async () => {
    const bytes = (await readFile(clipPath('bikes.mp4'))).subarray(0, 30_000)
    const { body } = await agent.ask('/api/v1/detect', formOfBytes('file', bytes, 'cut.mp4'))
    const job = await jobEnded(agent, String(body['job_id']))
    expect(job).toMatchObject({ status: 'failed', error: { code: 'UNPROCESSABLE_MEDIA' } })
    await swept()
  })

  test.each([
    ['289 million pixels in a small file', () => pngOf(17_000, 17_000)],
    ['half a picture', () => pngOf(400, 400).subarray(0, 60)],
  ])('%s ends its job with a reason', async (_, bytes) => {
    const { body } = await agent.ask('/api/v1/detect', formOfBytes('file', bytes(), 'a.png'))
    const job = await jobEnded(agent, String(body['job_id']))
    expect(job).toMatchObject({ status: 'failed', error: { code: 'UNPROCESSABLE_MEDIA' } })
    await swept()
  })

  test.each([
    ['289 million pixels in a small file', () => pngOf(17_000, 17_000), 422, 'UNPROCESSABLE_MEDIA'],
    ['half a picture', () => pngOf(400, 400).subarray(0, 60), 422, 'UNPROCESSABLE_MEDIA'],
    ['a picture of a forbidden kind', () => Buffer.from('GIF89a and so on'), 415, 'UNSUPPORTED_MEDIA'],
    ['a drawing', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, 'UNSUPPORTED_MEDIA'],
  ])('%s is refused quickly', async (_, bytes, status, code) => {
    const form = formOfBytes('image', bytes(), 'a.png')
    expect(await refusal('/segment', form)).toEqual([status, code])
  })
})

describe('forms that are not what they should be', () => {
  const multipart = (body: string, boundary = 'x'): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body,
  })
  const part = (header: string, value: string): string => `--x\r\n${header}\r\n\r\n${value}\r\n`

  test.each<[string, RequestInit, number]>([
    ['no form at all', { method: 'POST', body: 'x' }, 400],
    ['no boundary', { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' }, 400],
    ['no end', multipart(part('Content-Disposition: form-data; name="file"; filename="a"', 'abc')), 400],
    ['only noise', multipart('\0\0\r\n--x\r\n\r\n'), 400],
    ['an empty form', multipart('--x--\r\n'), 400],
    ['a name with a NUL', formOfBytes('file', 'abc', 'a\0.mp4'), 400],
    ['an empty file', formOfBytes('file', '', 'a.mp4'), 400],
    ['the file in another field', formOfBytes('video', 'abc', 'a.mp4'), 400],
    [
      'too many fields',
      multipart(`${part('Content-Disposition: form-data; name="a"', '1').repeat(40)}--x--\r\n`),
      413,
    ],
    [
      'a field that is too long',
      multipart(`${part('Content-Disposition: form-data; name="text_prompt"', 'a'.repeat(70_000))}--x--\r\n`),
      413,
    ],
    [
      'two files',
      multipart(
        `${part('Content-Disposition: form-data; name="file"; filename="a"', 'abc').repeat(2)}--x--\r\n`,
      ),
      413,
    ],
  ])('%s', async (_, init, status) => {
    expect((await refusal('/api/v1/detect', init))[0]).toBe(status)
  })

  test('a name that climbs out of the folder is only a name', async () => {
    const bytes = await readFile(clipPath('carphone_pristine.mp4'))
    const form = formOfBytes('file', bytes, '../../../../tmp/evil.mp4')
    const { status, body } = await agent.ask('/api/v1/detect', form)
    expect(status).toBe(202)
    const { body: job } = await agent.ask(`/api/v1/jobs/${String(body['job_id'])}`)
    expect(job['file_name']).not.toMatch(/[/\0]/)
    for (const name of await agent.uploads()) expect(name).toMatch(/^[0-9a-f-]{36}$/)
    await jobEnded(agent, String(body['job_id']))
    await swept()
  })

  test('fields with the names of prototypes change nothing', async () => {
    const fields = ['__proto__', 'constructor', 'toString'].map((name) =>
      part(`Content-Disposition: form-data; name="${name}"`, 'x'),
    )
    const file = part('Content-Disposition: form-data; name="file"; filename="a"', 'abc')
    expect(await refusal('/api/v1/detect', multipart(`${fields.join('')}${file}--x--\r\n`))).toEqual([
      415,
      'UNSUPPORTED_MEDIA',
    ])
    expect({}).not.toHaveProperty('x')
  })
})

test(`${DROPS} senders that hang up midway leave no file and no open handle`, async () => {
  const handles = (): number => readdirSync('/proc/self/fd').length
  const { port } = new URL(agent.url)
  const head = [
    'POST /api/v1/detect HTTP/1.1',
    'Host: device',
    `Authorization: Bearer ${TOKEN}`,
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Length: 100000000',
    '',
    '--x',
    'Content-Disposition: form-data; name="file"; filename="a.mp4"',
    '',
    '',
  ].join('\r\n')
  const hangUp = async (n: number): Promise<void> => {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    await new Promise<void>((resolve) => socket.write(head + 'v'.repeat(n * 997), () => resolve()))
    socket.destroy()
  }
  await hangUp(1)
  await expect.poll(() => agent.uploads()).toEqual([])
  const before = handles()
  for (let n = 0; n < DROPS; n += 4) await Promise.all([0, 1, 2, 3].map((k) => hangUp(n + k)))
  await expect.poll(() => agent.uploads()).toEqual([])
  await expect.poll(handles).toBeLessThanOrEqual(before + 2)
  expect((await agent.ask('/health')).status).toBe(200)
})

describe('who may ask', () => {
  const paths = [
    '/stats',
    '/metrics',
    '/openapi.json',
    '/api/v1/search?q=car',
    '/api/v1/sources',
    '/api/v1/export',
  ]
  test.each(paths)('%s is closed without the token, and with a wrong one', async (path) => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: TOKEN }]) {
      const response = await fetch(`${agent.url}${path}`, { headers: headers as Record<string, string> })
      expect([response.status, ((await response.json()) as Refused).error.code]).toEqual([
        401,
        'UNAUTHENTICATED',
      ])
    }
    const response = await fetch(`${agent.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(response.status).toBe(200)
  })

  test('uploads are refused before a byte of them is kept', async () => {
    const response = await fetch(`${agent.url}/segment`, formOfBytes('image', pngOf(8, 8), 'a.png'))
    expect(response.status).toBe(401)
    expect(await agent.uploads()).toEqual([])
  })

  test('other web pages may not change anything', async () => {
    for (const origin of ['https://evil.example', 'null', 'not a url']) {
      const answer = await agent.ask<Refused>('/api/v1/sources', {
        method: 'POST',
        headers: { origin },
        body: '{}',
      })
      expect([answer.status, answer.body.error.code]).toEqual([403, 'FORBIDDEN'])
    }
  })
})

describe('what is wrong is said in one form, without inner words', () => {
  test.each<[string, RequestInit, number, string]>([
    ['/nothing/here', {}, 404, 'NOT_FOUND'],
    ['/api/v1/jobs/%E0%A4%A', {}, 400, 'INVALID_INPUT'],
    ['/api/v1/jobs/1', {}, 404, 'NOT_FOUND'],
    ['/api/v1/detections/abc', {}, 400, 'INVALID_INPUT'],
    ['/api/v1/detections/999999999', {}, 404, 'NOT_FOUND'],
    ['/api/v1/media/..%2f..%2fetc%2fpasswd', {}, 400, 'INVALID_INPUT'],
    ['/api/v1/export?cursor=1%20OR%201=1', {}, 400, 'INVALID_INPUT'],
    ['/api/v1/search?q=car&limit=1000000', {}, 400, 'INVALID_INPUT'],
    ['/api/v1/search?q=car&from=yesterday', {}, 400, 'INVALID_INPUT'],
    ["/api/v1/search?q=car&label=x'%20OR%201=1%20--", {}, 200, ''],
    ['/api/v1/sources', json('{"name":'), 400, 'INVALID_INPUT'],
    ['/api/v1/sources', json(`"${'x'.repeat(300_000)}"`), 413, 'PAYLOAD_TOO_LARGE'],
    ['/api/v1/sources', { method: 'POST' }, 400, 'INVALID_INPUT'],
  ])('%s', async (path, init, status, code) => {
    const answer = await agent.ask<Partial<Refused>>(path, init)
    expect([answer.status, answer.body.error?.code ?? '']).toEqual([status, code])
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|SQLITE/)
  })

  function json(body: string): RequestInit {
    return { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  }
})

test('a picture that decodes is answered while the bad ones are refused', async () => {
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#345' } })
    .avif()
    .toBuffer()
  const { status, body } = await agent.ask('/segment', formOfBytes('image', bytes, 'a.avif'))
  expect([status, body['width'], body['height']]).toEqual([200, 64, 48])
})
