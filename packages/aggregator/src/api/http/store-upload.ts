// A body as it streams in, a file with a name of ours out: bounded, hashed, of an accepted kind, or not there at all.
import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { SNIFF_BYTES, sniffMedia } from './sniff-media.ts'

export interface StoredUpload {
  /** Name inside the folder. */
  path: string
  sha256: string
  bytes: number
  contentType: string
}

/**
 * Writes `body` to `folder` under `name`. What fails or breaks off leaves no file.
 * @throws FleetError PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, INVALID_INPUT for an empty body, DISK_FULL.
 */
export async function storeUpload(
  body: Readable,
  { folder, name, maxBytes }: { folder: string; name: string; maxBytes: number },
): Promise<StoredUpload> {
  const full = join(folder, name)
  // 'wx': a name of ours never exists, and a link put in its place is not followed.
  const file = await open(full, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    let head: Uint8Array = new Uint8Array()
    let contentType: string | null = null
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength
      if (bytes > maxBytes)
        throw new FleetError('PAYLOAD_TOO_LARGE', `uploads may have at most ${maxBytes} bytes`)
      if (contentType === null) {
        head = Buffer.concat([head, chunk])
        if (head.byteLength >= SNIFF_BYTES) contentType = acceptedType(head)
      }
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    if (bytes === 0) throw new FleetError('INVALID_INPUT', 'the upload is empty')
    contentType ??= acceptedType(head)
    await file.sync()
    await file.close()
    return { path: name, sha256: hash.digest('hex'), bytes, contentType }
  } catch (thrown) {
    await file.close()
    await rm(full, { force: true })
    throw isDiskFull(thrown)
      ? new FleetError('DISK_FULL', 'no room for the upload', { cause: thrown })
      : thrown
  }
}

function acceptedType(head: Uint8Array): string {
  const type = sniffMedia(head)
  if (type !== null) return type
  throw new FleetError('UNSUPPORTED_MEDIA', 'the file is not a video or image of an accepted format', {
    hint: 'Send MP4, MOV, AVI, MKV, WebM, MPEG, FLV, JPEG, PNG, WebP, AVIF or HEIC.',
  })
}

function isDiskFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC'
}
