// Rows into PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"): the fastest way in for
// many rows, and the only one that takes half-precision vectors without writing them out as text.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export type CopyType =
  | 'text'
  | 'int8'
  | 'int4'
  | 'int2'
  | 'float4'
  | 'bytea'
  | 'uuid'
  | 'jsonb'
  | 'bool'
  | 'timestamptz'
  | 'float4[]'
  | 'halfvec'

/**
 * What a column of a type takes: jsonb any JSON value, timestamptz Unix milliseconds, halfvec its little-endian f16
 * bytes (as on the wire), uuid its text form. `null` is SQL null everywhere.
 */
export type CopyValue = string | number | boolean | object | Uint8Array | readonly number[] | null

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** Flags and the length of the header extension: both zero. */
const HEADER_REST_BYTES = 8
const TRAILER = Buffer.from([0xff, 0xff])
const NULL_LENGTH = -1
const FLOAT4_OID = 700
/** PostgreSQL counts timestamps in microseconds from 2000-01-01. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)
const JSONB_VERSION = 1

const ENCODERS: Record<CopyType, (value: never) => Buffer> = {
  text: (value: string) => Buffer.from(value, 'utf8'),
  int8: (value: number) => withBuffer(8, (buffer) => buffer.writeBigInt64BE(BigInt(value))),
  int4: (value: number) => withBuffer(4, (buffer) => buffer.writeInt32BE(value)),
  int2: (value: number) => withBuffer(2, (buffer) => buffer.writeInt16BE(value)),
  float4: (value: number) => withBuffer(4, (buffer) => buffer.writeFloatBE(value)),
  bytea: (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  uuid: encodeUuid,
  jsonb: (value: unknown) =>
    Buffer.concat([Buffer.from([JSONB_VERSION]), Buffer.from(JSON.stringify(value))]),
  bool: (value: boolean) => Buffer.from([value ? 1 : 0]),
  timestamptz: (value: number) =>
    withBuffer(8, (buffer) => buffer.writeBigInt64BE(BigInt(Math.round(value) - POSTGRES_EPOCH_MS) * 1_000n)),
  'float4[]': encodeFloat4Array,
  halfvec: encodeHalfvec,
}

/**
 * The whole COPY stream of `rows`; each row has one value per type.
 * @throws FleetError INTERNAL when a row has another number of values or a uuid is malformed.
 */
export function encodeCopy(types: readonly CopyType[], rows: Iterable<readonly CopyValue[]>): Uint8Array {
  const parts: Buffer[] = [SIGNATURE, Buffer.alloc(HEADER_REST_BYTES)]
  for (const row of rows) {
    if (row.length !== types.length)
      throw new FleetError('INTERNAL', `a row has ${row.length} values for ${types.length} columns`)
    parts.push(withBuffer(2, (buffer) => buffer.writeInt16BE(types.length)))
    for (const [at, type] of types.entries()) {
      const value = row[at] ?? null
      const field = value === null ? null : ENCODERS[type](value as never)
      parts.push(withBuffer(4, (buffer) => buffer.writeInt32BE(field?.length ?? NULL_LENGTH)))
      if (field) parts.push(field)
    }
  }
  parts.push(TRAILER)
  return Buffer.concat(parts)
}

function withBuffer(bytes: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.allocUnsafe(bytes)
  write(buffer)
  return buffer
}

function encodeUuid(value: string): Buffer {
  const bytes = Buffer.from(value.replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) throw new FleetError('INTERNAL', `not a uuid: ${value.slice(0, 60)}`)
  return bytes
}

/** One dimension without nulls: its header, the element type, length and lower bound, then each element. */
function encodeFloat4Array(values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(20 + values.length * 8)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(0, 4)
  buffer.writeInt32BE(FLOAT4_OID, 8)
  buffer.writeInt32BE(values.length, 12)
  buffer.writeInt32BE(1, 16)
  for (const [at, value] of values.entries()) {
    buffer.writeInt32BE(4, 20 + at * 8)
    buffer.writeFloatBE(value, 24 + at * 8)
  }
  return buffer
}

/** pgvector's halfvec_recv: int16 dimension, int16 unused, then the halves in network order. */
function encodeHalfvec(littleEndian: Uint8Array): Buffer {
  const buffer = Buffer.allocUnsafe(4 + littleEndian.byteLength)
  buffer.writeInt16BE(littleEndian.byteLength / 2, 0)
  buffer.writeInt16BE(0, 2)
  buffer.set(littleEndian, 4)
  buffer.subarray(4).swap16()
  return buffer
}
