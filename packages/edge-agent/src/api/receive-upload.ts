// One multipart upload, streamed to a file of our own naming with bounds on everything; the text fields beside it.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import type { Request } from 'express'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Fields beside the file, and bytes of each. */
const FIELDS_MAX = 16
const FIELD_BYTES_MAX = 64 * 1024
const NAME_BYTES_MAX = 200
/** Milliseconds for a whole upload. */
const UPLOAD_TIMEOUT_MS = 30 * 60_000

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

/** @throws FleetError INVALID_INPUT, PAYLOAD_TOO_LARGE; nothing stays on the disk then. */
export async function receiveUpload(request: Request, options: ReceiveOptions): Promise<ReceivedUpload> {
  if (!/^multipart\/form-data/i.test(request.get('content-type') ?? '')) {
    throw new FleetError('INVALID_INPUT', 'the request is not a form with a file', {
      hint: `Send multipart/form-data with the file in the field "${options.fieldName}".`,
    })
  }
  await mkdir(options.dir, { recursive: true })
  const path = join(options.dir, options.newId())
  try {
    return await receive(request, path, options)
  } catch (thrown) {
    request.unpipe()
    request.resume()
    await rm(path, { force: true })
    throw thrown instanceof FleetError
      ? thrown
      : new FleetError('INVALID_INPUT', 'the form cannot be read to its end', { cause: thrown })
  }
}

async function receive(request: Request, path: string, options: ReceiveOptions): Promise<ReceivedUpload> {
  const parser = busboy({
    headers: request.headers,
    limits: {
      files: 1,
      fields: FIELDS_MAX,
      fieldSize: FIELD_BYTES_MAX,
      fieldNameSize: NAME_BYTES_MAX,
      fileSize: options.maxBytes,
      parts: FIELDS_MAX + 1,
    },
  })
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  const hash = createHash('sha256')
  let bytes = 0
  let fileName: string | null = null
  let saved: Promise<void> = Promise.resolve()
  let problem: FleetError | null = null
  const refuse = (error: FleetError): void => {
    problem ??= error
  }

  parser.on('field', (name, value, { valueTruncated, nameTruncated }) => {
    if (valueTruncated || nameTruncated)
      refuse(new FleetError('PAYLOAD_TOO_LARGE', `the field ${name} is too long`))
    fields[name] = value
  })
  parser.on('file', (name, stream, info) => {
    if (name !== options.fieldName) {
      refuse(
        new FleetError('INVALID_INPUT', `the file is in the field "${name}"`, {
          hint: `It belongs into the field "${options.fieldName}".`,
        }),
      )
      stream.resume()
      return
    }
    fileName = (info.filename || 'upload').replaceAll(/[^\p{L}\p{N} ._()-]/gu, '_').slice(0, 200)
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.byteLength
        hash.update(chunk)
        done(null, chunk)
      },
    })
    stream.on('limit', () =>
      refuse(
        new FleetError(
          'PAYLOAD_TOO_LARGE',
          `the file is larger than ${Math.floor(options.maxBytes / 1e6)} MB`,
        ),
      ),
    )
    saved = pipeline(stream, count, createWriteStream(path, { flush: true }))
    saved.catch(() => undefined)
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(limit, () =>
      refuse(new FleetError('PAYLOAD_TOO_LARGE', 'the form has more parts than are accepted')),
    )
  }

  await pipeline(request, parser, { signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) })
  await saved
  if (problem) throw problem as FleetError
  if (fileName === null || bytes === 0)
    throw new FleetError('INVALID_INPUT', `there is no file in the field "${options.fieldName}"`)
  return { path, sha256: hash.digest('hex'), bytes, fileName, fields }
}
