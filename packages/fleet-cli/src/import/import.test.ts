import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  IMPORT_ANSWER_TYPE,
  type ImportLine,
  type ImportReport,
} from '@sam3-fleet/shared/fleet/import-report'
import { BATCH_FILE_TYPE } from '@sam3-fleet/shared/protocol/batch-file'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { runFleet } from '../run-fleet.ts'

/** Bytes that no pair of sockets holds back: who sends them is stopped until somebody reads. */
const MUCH_BYTES = 64 * 1024 * 1024
const TOKEN = 'token-of-the-administrator'

const REPORT: ImportReport = {
  deviceId: 'gate-0001',
  epoch: '6d0cbd38-8d3a-4f6d-a1f2-7c3b5e0c6d11',
  bytes: 500,
  batches: 3,
  damagedBatches: 0,
  newEntries: 40,
  knownEntries: 2,
  setAsideEntries: 1,
  waitingEntries: 0,
  hwmBefore: 2,
  hwm: 43,
  durability: 'power_safe',
}

let path: string
beforeEach(async () => {
  const temp = await createTempDir('fleet-import')
  onTestFinished(() => temp[Symbol.asyncDispose]())
  path = join(temp.path, 'gate.fleet')
  await writeFile(path, Buffer.alloc(1_000, 7))
})

/** What answers like a centre, as far as a test needs it. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function say(response: ServerResponse, ...lines: ImportLine[]): void {
  response.setHeader('content-type', IMPORT_ANSWER_TYPE)
  for (const line of lines) response.write(`${JSON.stringify(line)}\n`)
}

const takesAll: RequestListener = (request, response) => {
  request.resume().on('end', () => {
    say(response, { kind: 'end', report: REPORT, error: null })
    response.end()
  })
}

async function fleetImport(
  args: string[],
  env: Record<string, string>,
  signal = new AbortController().signal,
) {
  const results: string[] = []
  const notes: string[] = []
  const code = await runFleet(['import', ...args], {
    env,
    terminal: { result: (line) => results.push(line), note: (line) => notes.push(line) },
    signal,
  })
  return { code, result: results.join('\n'), notes: notes.join('\n') }
}

describe('fleet import', () => {
  it('sends the file as it is with the token, and prints what the centre took', async () => {
    const seen: { url: string | undefined; headers: IncomingMessage['headers']; body: Buffer }[] = []
    const url = await serve((request, response) => {
      void buffer(request).then((body) => {
        seen.push({ url: request.url, headers: request.headers, body })
        say(response, { kind: 'end', report: REPORT, error: null })
        response.end()
      })
    })
    const { code, result, notes } = await fleetImport([path], {
      FLEET_CENTRE_URL: `${url}/behind/a/proxy`,
      FLEET_ADMIN_TOKEN: TOKEN,
    })
    expect(code).toBe(0)
    expect(result).toBe(
      'gate.fleet: gate-0001: 3 batches, 40 entries new, 2 known before, 1 set aside; settled up to 43, before 2',
    )
    expect(seen).toMatchObject([
      {
        url: '/behind/a/proxy/api/v1/import',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': BATCH_FILE_TYPE },
        body: Buffer.alloc(1_000, 7),
      },
    ])
    expect(result + notes).not.toContain(TOKEN)
  })

  it('shows how far it is', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        const steps = [250, 255, 500, 1_000].map((bytes) => ({ ...REPORT, bytes }))
        const progress = steps.map((report): ImportLine => ({ kind: 'progress', report }))
        say(response, ...progress, { kind: 'end', report: REPORT, error: null })
        response.end()
      })
    })
    const { notes } = await fleetImport(['--centre', url, path], {})
    expect(notes.match(/\d+ %/g)).toEqual(['20 %', '50 %'])
  })

  it('gives programs one object a file, and ends with 1 when one was not taken whole', async () => {
    let times = 0
    const error = {
      code: 'INVALID_INPUT',
      message: 'the file is cut short',
      hint: 'Export it again.',
    } as const
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        say(response, { kind: 'end', report: REPORT, error: times++ === 0 ? error : null })
        response.end()
      })
    })
    const { code, result, notes } = await fleetImport(['--json', '--centre', url, path, path], {})
    expect(code).toBe(1)
    expect(result.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { file: path, report: REPORT, error },
      { file: path, report: REPORT, error: null },
    ])
    expect(notes).toContain(`${path}: the file is cut short\n  Export it again. [INVALID_INPUT]`)
  })

  it('hears a refusal at once, however large the file is', async () => {
    await writeFile(path, Buffer.alloc(MUCH_BYTES))
    const url = await serve((_request, response) => {
      const error = { code: 'NOT_FOUND', message: 'this centre does not know the device', hint: 'Enrol it.' }
      // Nothing of the body is ever read here.
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    })
    const { code, result, notes } = await fleetImport(['--centre', url, path], {})
    expect({ code, result }).toEqual({ code: 1, result: '' })
    expect(notes).toContain('this centre does not know the device\n  Enrol it. [NOT_FOUND]')
  })

  it.each<[string, RequestListener, string]>([
    ['that breaks off', (_, response) => response.destroy(), '[UNAVAILABLE]'],
    [
      'whose answer breaks off',
      (request, response) => {
        request.resume().on('end', () => {
          say(response, { kind: 'progress', report: REPORT })
          response.end()
        })
      },
      "the centre's answer broke off",
    ],
    [
      'that goes away while it answers',
      (_, response) => {
        say(response, { kind: 'progress', report: REPORT })
        response.write('{"kind', () => response.destroy())
      },
      '[UNAVAILABLE]',
    ],
    ['that is none', (_, response) => response.end('<html></html>'), 'not a centre'],
    ['that is none and refuses', (_, response) => response.writeHead(502).end('bad gateway'), 'with 502'],
  ])('says in one sentence what is wrong with a centre %s', async (_name, listener, says) => {
    const { code, notes } = await fleetImport(['--centre', await serve(listener), path], {})
    expect(code).toBe(1)
    expect(notes).toContain(says)
  })

  it('says that no centre is there, once for all files', async () => {
    const { code, notes } = await fleetImport(['--centre', 'http://127.0.0.1:9', path, path], {})
    expect(code).toBe(1)
    expect(notes.match(/UNAVAILABLE/g)).toHaveLength(1)
  })

  it('goes on with the next file when one cannot be opened', async () => {
    const url = await serve(takesAll)
    const { code, result, notes } = await fleetImport(['--centre', url, `${path}.gone`, path], {})
    expect(code).toBe(1)
    expect(notes).toContain('cannot be opened')
    expect(result).toContain('40 entries new')
  })

  it('stops when it is interrupted', async () => {
    const stop = new AbortController()
    const url = await serve((_, response) => {
      say(response, { kind: 'progress', report: REPORT })
      stop.abort()
    })
    const { code, notes } = await fleetImport(['--centre', url, path], {}, stop.signal)
    expect(code).toBe(1)
    expect(notes).toContain('[CANCELLED]')
  })

  it.each([
    { args: [], says: "missing required argument 'file'" },
    { args: ['--centre', 'ftp://host', 'gate.fleet'], says: 'http or https' },
  ])('ends with 2 when it is not understood: $args', async ({ args, says }) => {
    const { code, notes } = await fleetImport(args, {})
    expect(code).toBe(2)
    expect(notes).toContain(says)
  })

  it('names the setting that holds no address', async () => {
    const { notes } = await fleetImport([path], { FLEET_CENTRE_URL: 'gate' })
    expect(notes).toContain('FLEET_CENTRE_URL')
  })

  it('explains how a file comes and goes', async () => {
    const { code, result } = await fleetImport(['--help'], {})
    expect(code).toBe(0)
    expect(result).toMatch(/format=fleet[^]*fleet import gate\.fleet[^]*FLEET_ADMIN_TOKEN/)
  })
})
