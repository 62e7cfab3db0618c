// One multipart upload, streamed to a file of our own naming with bounds on everything; the text fields beside it.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import type { Request } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Fields beside the file, and bytes of each. */
const FIELDS_MAX = 16
const FIELD_BYTES_MAX = 64 * 1024
const NAME_BYTES_MAX = 200
const FILE_NAME_MAX = 200
/** Milliseconds for a whole upload. */
export const UPLOAD_TIMEOUT_MS = 30 * 60_000
/** Milliseconds that the rest of a refused form may take. */
const DRAIN_TIMEOUT_MS = 10_000

export interface ReceivedUpload {
  path: string
  sha256: string
  bytes: number
  /** As the sender calls it: shown, never used as a path. */
  fileName: string
  fields: Record<string, string>
}

export interface ReceiveOptions {
  fieldName: string
  dir: string
  maxBytes: number
  newId: () => string
}

/** @throws FleetError INVALID_INPUT, PAYLOAD_TOO_LARGE, DEADLINE_EXCEEDED; nothing stays on the disk then. */
export async function receiveUpload(request: Request, options: ReceiveOptions): Promise<ReceivedUpload> {
  if (!/^multipart\/form-data/i.test(request.get('content-type') ?? '')) {
    throw new FleetError('INVALID_INPUT', 'the request is not a form with a file', {
      hint: `Send multipart/form-data with the file in the field "${options.fieldName}".`,
    })
  }
  await mkdir(options.dir, { recursive: true })
  const path = join(options.dir, options.newId())
  const form = new UploadForm(path, options)
  try {
    await form.read(request)
    return form.result()
  } catch (thrown) {
    // A file may just be being made: it is removed after its stream has ended, not before.
    await form.closed
    await rm(path, { force: true })
    drain(request)
    throw toUploadError(thrown)
  }
}

/** The rest of a refused form is read and dropped, else its sender would see a cut connection and no answer. */
function drain(request: Request): void {
  request.resume()
  AbortSignal.timeout(DRAIN_TIMEOUT_MS).addEventListener('abort', () => {
    if (!request.complete) request.destroy()
  })
}

function toUploadError(thrown: unknown): FleetError {
  if (thrown instanceof FleetError) return thrown
  return thrown instanceof Error && thrown.name === 'TimeoutError'
    ? new FleetError('DEADLINE_EXCEEDED', 'the upload took too long', { cause: thrown })
    : new FleetError('INVALID_INPUT', 'the form cannot be read to its end', { cause: thrown })
}

/** One form while it arrives. What is wrong with it is thrown as soon as it is known, not at its end. */
class UploadForm {
  /** Resolves when the file of this form is written or given up. */
  closed: Promise<void> = Promise.resolve()
  readonly #path: string
  readonly #options: ReceiveOptions
  readonly #refused = new AbortController()
  readonly #fields: Record<string, string> = Object.create(null) as Record<string, string>
  readonly #hash = createHash('sha256')
  #saved: Promise<void> = Promise.resolve()
  #bytes = 0
  #fileName: string | null = null

  constructor(path: string, options: ReceiveOptions) {
    this.#path = path
    this.#options = options
  }

  async read(request: Request): Promise<void> {
    const parser = this.#parserFor(request)
    const parsed = finished(parser)
    const stop = AbortSignal.any([AbortSignal.timeout(UPLOAD_TIMEOUT_MS), this.#refused.signal])
    const stopped = new Promise<never>((_, reject) => {
      stop.addEventListener('abort', () => reject(stop.reason as Error), { once: true })
    })
    for (const promise of [parsed, stopped]) promise.catch(() => undefined)
    request.once('close', () => {
      if (!request.complete) this.#refuse('INVALID_INPUT', 'the sender hung up before the end of the form')
    })
    // Not stream.pipeline: it would cut the connection of a refused request before the answer is out.
    request.pipe(parser)
    try {
      await Promise.race([parsed, stopped])
      await Promise.race([this.#saved, stopped])
    } finally {
      request.unpipe(parser)
      parser.destroy()
    }
  }

  result(): ReceivedUpload {
    if (this.#fileName === null || this.#bytes === 0) {
      throw new FleetError('INVALID_INPUT', `there is no file in the field "${this.#options.fieldName}"`)
    }
    return {
      path: this.#path,
      sha256: this.#hash.digest('hex'),
      bytes: this.#bytes,
      fileName: this.#fileName,
      fields: this.#fields,
    }
  }

  #parserFor(request: Request): busboy.Busboy {
    const parser = busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: {
        files: 1,
        fields: FIELDS_MAX,
        fieldSize: FIELD_BYTES_MAX,
        fieldNameSize: NAME_BYTES_MAX,
        fileSize: this.#options.maxBytes,
        parts: FIELDS_MAX + 1,
      },
    })
    // Also while nobody waits for it any more: what is left of a refused form ends with an error.
    parser.on('error', () => undefined)
    parser.on('field', (name, value, { valueTruncated, nameTruncated }) => {
      if (valueTruncated || nameTruncated) this.#refuse('PAYLOAD_TOO_LARGE', `the field ${name} is too long`)
      this.#fields[name] = value
    })
    parser.on('file', (name, stream, { filename }) => this.#takeFile(name, stream, filename))
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
      parser.on(limit, () => this.#refuse('PAYLOAD_TOO_LARGE', 'the form has more parts than are accepted'))
    }
    return parser
  }

  #takeFile(name: string, stream: Readable, fileName: string | undefined): void {
    const { fieldName, maxBytes } = this.#options
    if (name !== fieldName) {
      stream.on('error', () => undefined).resume()
      this.#refuse(
        'INVALID_INPUT',
        `the file is in the field "${name}"`,
        `It belongs into the field "${fieldName}".`,
      )
      return
    }
    this.#fileName = (fileName || 'upload').replaceAll(/[^\p{L}\p{N} ._()-]/gu, '_').slice(0, FILE_NAME_MAX)
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytes += chunk.byteLength
        this.#hash.update(chunk)
        done(null, chunk)
      },
    })
    stream.on('limit', () =>
      this.#refuse('PAYLOAD_TOO_LARGE', `the file is larger than ${Math.floor(maxBytes / 1e6)} MB`),
    )
    this.#saved = pipeline(stream, count, createWriteStream(this.#path, { flush: true }))
    this.closed = this.#saved.catch(() => undefined)
  }

  #refuse(code: 'INVALID_INPUT' | 'PAYLOAD_TOO_LARGE', message: string, hint?: string): void {
    this.#refused.abort(new FleetError(code, message, hint === undefined ? {} : { hint }))
  }
}
