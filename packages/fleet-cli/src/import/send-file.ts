// A file of batches in, what the centre says about it out, line by line while the file is still on its way. One file is
// one request: sent as fast as the centre takes it, never held in memory.
import { open, type FileHandle } from 'node:fs/promises'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { ERROR_CODES, type ErrorCode } from '@sam3-fleet/shared/errors/codes'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { importLineSchema, type ImportLine } from '@sam3-fleet/shared/fleet/import-report'
import { BATCH_FILE_TYPE } from '@sam3-fleet/shared/protocol/batch-file'

/** Milliseconds without a byte in either direction; a centre tries a busy database for some seconds. */
const IDLE_MAX_MS = 120_000
/** Characters of an error's body that are looked at; ours have a few hundred. */
const ERROR_BODY_MAX_CHARS = 10_000

export interface CentreAccess {
  url: URL
  /** Null: a centre without tokens, on this machine. */
  token: string | null
  signal: AbortSignal
}

/**
 * @throws FleetError with the centre's own code and hint when it refuses the file, NOT_FOUND when the file cannot be
 *   read, UNAVAILABLE when no centre answers or the connection breaks, CANCELLED.
 */
export async function* sendFile(path: string, access: CentreAccess): AsyncGenerator<ImportLine, void, void> {
  await using file = await openFile(path)
  const request = requestTo(access)
  try {
    // A refusal comes while this is still under way: what the answer says counts, not that the sending broke off.
    const sending = pipeline(file.createReadStream({ autoClose: false }), request)
    sending.catch(() => undefined)
    const response = await answerOf(request)
    if (response.statusCode !== 200) throw await refusalIn(response)
    for await (const line of createInterface(response)) yield readLine(line)
  } catch (thrown) {
    if (thrown instanceof FleetError) throw thrown
    if (access.signal.aborted)
      throw new FleetError('CANCELLED', 'stopped', { hint: 'What was taken stays; import the file again.' })
    throw new FleetError('UNAVAILABLE', `no answer from the centre at ${access.url.origin}`, {
      hint: 'Is it running and is this its address (--centre, FLEET_CENTRE_URL)? Then import the file again.',
      cause: thrown,
    })
  } finally {
    request.destroy()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path)
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (cause) {
    throw new FleetError('NOT_FOUND', 'the file cannot be opened', { hint: 'Check its path.', cause })
  }
  throw new FleetError('NOT_FOUND', 'this is not a file', { hint: 'Name the files one by one.' })
}

function requestTo({ url, token, signal }: CentreAccess): ClientRequest {
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest
  const request = start(new URL('api/v1/import', base), {
    method: 'POST',
    signal,
    timeout: IDLE_MAX_MS,
    headers: {
      'content-type': BATCH_FILE_TYPE,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  })
  request.on('timeout', () => request.destroy(new Error(`no byte for ${IDLE_MAX_MS / 1000} s`)))
  return request
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    // Stays, so that a connection that breaks later is an error of the answer and not of the process.
    request.on('error', reject)
  })
}

const refusalSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    hint: z.string(),
  }),
})

async function refusalIn(response: IncomingMessage): Promise<FleetError> {
  let body = ''
  response.setEncoding('utf8')
  for await (const part of response as AsyncIterable<string>) {
    body += part
    if (body.length > ERROR_BODY_MAX_CHARS) break
  }
  const refusal = refusalSchema.safeParse(parseJson(body))
  if (!refusal.success) return notACentre(`it answers with ${response.statusCode}`)
  const { code, message, hint } = refusal.data.error
  return new FleetError(code, message, { hint })
}

function readLine(line: string): ImportLine {
  const parsed = importLineSchema.safeParse(parseJson(line))
  if (parsed.success) return parsed.data
  throw notACentre('its answer has another form')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function notACentre(why: string): FleetError {
  return new FleetError('UNAVAILABLE', `what answers there is not a centre that takes files: ${why}`, {
    hint: 'Check the address (--centre, FLEET_CENTRE_URL), and that the centre is as new as this program.',
  })
}
