// Batches to bytes and back. Layout (little-endian):
//   "SFB1" | u32 header bytes | header JSON | zstd( u32 index bytes | index JSON | f16 blocks | crops )
// The header stands uncompressed so that a batch that cannot be read can still be answered by its id.
import type { ZodType } from 'zod'
import { FleetError } from '../errors/fleet-error.ts'
import {
  batchHeaderSchema,
  batchIndexSchema,
  type Batch,
  type BatchHeader,
  type BatchIndex,
} from './batch.ts'
import { BATCH_BODY_MAX_BYTES, CONTROL_MAX_BYTES } from './bounds.ts'

const MAGIC = 'SFB1'
const F16_BYTES = 2

/** Hashing and compression, injected so that this file runs anywhere. */
export interface BinaryTools {
  sha256Hex(data: Uint8Array | string): string
  compress(data: Uint8Array): Uint8Array
  /** @throws FleetError INVALID_INPUT when the result would exceed `maxBytes`. */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array
}

export type BatchEnvelope = Omit<BatchHeader, 'bodySha256' | 'bodyBytes' | 'fromSeq' | 'toSeq'>

export function encodeBatch(envelope: BatchEnvelope, batch: Batch, tools: BinaryTools): Uint8Array {
  const index: BatchIndex = {
    entries: batch.entries,
    vectors: batch.vectors.map(({ space, hashes }) => ({ space, hashes })),
    blobs: batch.blobs.map(({ sha256, bytes }) => ({ sha256, bytes: bytes.byteLength })),
  }
  const indexBytes = new TextEncoder().encode(JSON.stringify(index))
  const body = concat([
    u32(indexBytes.byteLength),
    indexBytes,
    ...batch.vectors.map((v) => v.f16),
    ...batch.blobs.map((b) => b.bytes),
  ])
  const compressed = tools.compress(body)
  const seqs = batch.entries.map((entry) => entry.seq)
  const header: BatchHeader = {
    ...envelope,
    fromSeq: Math.min(...seqs),
    toSeq: Math.max(...seqs),
    bodySha256: tools.sha256Hex(compressed),
    bodyBytes: body.byteLength,
  }
  const headerBytes = new TextEncoder().encode(JSON.stringify(header))
  return concat([new TextEncoder().encode(MAGIC), u32(headerBytes.byteLength), headerBytes, compressed])
}

/** Reads the header only. @throws FleetError INVALID_INPUT when it is not a batch. */
export function decodeBatchHeader(data: Uint8Array): { header: BatchHeader; bodyOffset: number } {
  if (data.byteLength < 8 || new TextDecoder().decode(data.subarray(0, 4)) !== MAGIC)
    throw malformed('it does not start as a batch does')
  const length = readU32(data, 4)
  if (length > CONTROL_MAX_BYTES || 8 + length > data.byteLength) throw malformed('its header is cut short')
  return { header: parseJson(data.subarray(8, 8 + length), batchHeaderSchema), bodyOffset: 8 + length }
}

/**
 * Reads a whole batch and verifies the body's hash, every length and every vector's and crop's own hash.
 * @throws FleetError INVALID_INPUT naming what is wrong; nothing is allocated beyond BATCH_BODY_MAX_BYTES.
 */
export function decodeBatch(data: Uint8Array, tools: BinaryTools): { header: BatchHeader; batch: Batch } {
  const { header, bodyOffset } = decodeBatchHeader(data)
  const compressed = data.subarray(bodyOffset)
  if (tools.sha256Hex(compressed) !== header.bodySha256)
    throw malformed('its body does not have the stated hash')
  if (header.bodyBytes > BATCH_BODY_MAX_BYTES) throw malformed('its body is larger than allowed')
  const body = tools.decompress(compressed, header.bodyBytes)
  if (body.byteLength !== header.bodyBytes || body.byteLength < 4)
    throw malformed('its body has another length than stated')

  const indexEnd = 4 + readU32(body, 0)
  if (indexEnd > body.byteLength) throw malformed('its index is cut short')
  const index = parseJson(body.subarray(4, indexEnd), batchIndexSchema)
  const read = reader(body, indexEnd)
  const vectors = index.vectors.map(({ space, hashes }) => {
    const rowBytes = space.dimension * F16_BYTES
    const f16 = read(hashes.length * rowBytes)
    hashes.forEach((hash, row) => {
      if (tools.sha256Hex(f16.subarray(row * rowBytes, (row + 1) * rowBytes)) !== hash)
        throw malformed('a vector does not have its hash')
    })
    return { space, hashes, f16 }
  })
  const blobs = index.blobs.map(({ sha256, bytes }) => {
    const blob = read(bytes)
    if (tools.sha256Hex(blob) !== sha256) throw malformed('a crop does not have its hash')
    return { sha256, bytes: blob }
  })
  return { header, batch: { entries: index.entries, vectors, blobs } }
}

function reader(body: Uint8Array, start: number): (bytes: number) => Uint8Array {
  let offset = start
  return (bytes) => {
    if (offset + bytes > body.byteLength) throw malformed('its blocks are cut short')
    const part = body.subarray(offset, offset + bytes)
    offset += bytes
    return part
  }
}

function parseJson<T>(bytes: Uint8Array, schema: ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw malformed('its JSON cannot be read', cause)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw malformed(parsed.error.issues[0]?.message ?? 'its fields are wrong', parsed.error)
  return parsed.data
}

function malformed(what: string, cause?: unknown): FleetError {
  return new FleetError('INVALID_INPUT', `batch refused: ${what}`, {
    hint: 'The device sends it again from its outbox; if this repeats, compare the versions of device and centre.',
    cause,
  })
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

function readU32(data: Uint8Array, offset: number): number {
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(offset, true)
}

function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}
