import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { IMPORT_ANSWER_TYPE, importLineSchema, type ImportLine } from '@sam3-fleet/shared/fleet/import-report'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { BatchDevice } from '../../ingest/testing/device-batches.ts'
import { wholeFileOf } from '../../ingest/testing/files.ts'
import { emptyDatabase } from '../../testing/empty-database.ts'
import { seedDevice } from '../../testing/seed.ts'
import { startTestCentre, tokenOf, type TestCentre } from '../../testing/test-centre.ts'

const BATCHES = 4
/** Bytes after which nobody can have sent all without the other side reading: far beyond the buffers of a socket. */
const MUCH_BYTES = 64 * 1024 * 1024

let centre: TestCentre
let device: BatchDevice
let file: Buffer
beforeAll(async () => {
  centre = await startTestCentre({ closed: true })
})
afterAll(() => centre[Symbol.asyncDispose]())
beforeEach(async () => {
  await emptyDatabase(centre.db)
  device = new BatchDevice('gate-0001')
  device.epoch = await seedDevice(centre.db, { deviceId: device.deviceId })
  for (let n = 0; n < BATCHES; n++) device.addSighting()
  file = wholeFileOf(device, 1)
})

const post = (body: Buffer, token = tokenOf('admin')): Promise<Response> =>
  fetch(`${centre.url}/api/v1/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(body),
  })

const linesOf = async (response: Response): Promise<ImportLine[]> =>
  (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => importLineSchema.parse(JSON.parse(line)))

/** A request whose body the test sends piece by piece. */
function open(): ClientRequest {
  const request = httpRequest(`${centre.url}/api/v1/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf('admin')}` },
  })
  request.on('error', () => undefined)
  return request
}

const answerOf = async (request: ClientRequest): Promise<IncomingMessage> =>
  ((await once(request, 'response')) as [IncomingMessage])[0]

const sightings = async (): Promise<number> =>
  Number((await centre.db.query<{ n: number }>('SELECT count(*) AS n FROM sightings'))[0]?.n)

describe('POST /api/v1/import', () => {
  test('takes a file, tells the account after each batch, and ends with that all was taken', async () => {
    const response = await post(file)
    expect(response.headers.get('content-type')).toBe(IMPORT_ANSWER_TYPE)
    const lines = await linesOf(response)
    expect(lines.map(({ kind, report }) => [kind, report?.hwm])).toEqual([
      ['progress', 1],
      ['progress', 2],
      ['progress', 3],
      ['progress', 4],
      ['end', 4],
    ])
    expect(lines.at(-1)).toMatchObject({ error: null, report: { newEntries: BATCHES, knownEntries: 0 } })
    const again = await linesOf(await post(file))
    expect(again.at(-1)).toMatchObject({ error: null, report: { newEntries: 0, knownEntries: BATCHES } })
  })

  test('needs the role admin', async () => {
    expect((await post(file, 'nobody')).status).toBe(401)
    for (const role of ['viewer', 'operator'] as const)
      expect((await post(file, tokenOf(role))).status).toBe(403)
    expect(await sightings()).toBe(0)
  })

  test('does not know the devices of another tenant', async () => {
    const response = await post(file, tokenOf('admin', 'other'))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND', hint: expect.any(String) } })
  })

  test('refuses what is no such file, with what to do', async () => {
    const response = await post(Buffer.from('{"detection_id":1}'))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { hint: expect.stringContaining('format=fleet') } })
  })

  test('ends with why not all was taken, and what was', async () => {
    const lines = await linesOf(await post(file.subarray(0, file.byteLength - 1)))
    expect(lines.at(-1)).toMatchObject({
      kind: 'end',
      report: { newEntries: BATCHES },
      error: { code: 'INVALID_INPUT', message: 'the file is cut short' },
    })
  })

  test('takes and tells each batch before the next one comes', async () => {
    const first = file.readUInt32LE(0) + 4
    const request = open()
    request.write(file.subarray(0, first))
    const answer = await answerOf(request)
    const lines = createInterface(answer)[Symbol.asyncIterator]()
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ report: { batches: 1, hwm: 1 } })
    expect(await sightings()).toBe(1)
    request.end(file.subarray(first))
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ report: { batches: 2 } })
  })

  test('answers a refusal while the caller still sends, who may then send on', async () => {
    const request = open()
    request.write('this is not a file of batches')
    const answer = await answerOf(request)
    expect([answer.statusCode, await text(answer)]).toEqual([400, expect.stringContaining('not a file')])
    request.write(Buffer.alloc(MUCH_BYTES))
    await once(request.end(), 'close')
  })

  test('keeps what was taken of a caller who goes away, and takes the whole file later', async () => {
    const first = file.readUInt32LE(0) + 4
    for (let n = 0; n < 3; n++) {
      const request = open()
      request.write(file.subarray(0, first + 10))
      await answerOf(request)
      request.destroy()
    }
    const taken = await waitUntil('a place for another file', async () => {
      const response = await post(file)
      return response.status === 200 ? await linesOf(response) : null
    })
    expect(taken.at(-1)).toMatchObject({ error: null, report: { newEntries: BATCHES - 1, knownEntries: 1 } })
  })

  test('reads two files at once and asks a third caller to wait', async () => {
    const two = [open(), open()]
    for (const request of two) request.write(file.subarray(0, file.readUInt32LE(0) + 4))
    const answers = await Promise.all(two.map(answerOf))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    const third = await post(file)
    expect([third.status, await third.json()]).toMatchObject([429, { error: { code: 'TOO_MANY_REQUESTS' } }])
    for (const request of two) request.destroy()
  })
})
