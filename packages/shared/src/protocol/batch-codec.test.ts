import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FleetError } from '../errors/fleet-error.ts'
import { nodeBinaryTools, sha256Hex } from '../node/binary.ts'
import { normalise, toF16Bytes } from '../vector/vector.ts'
import { decodeBatch, decodeBatchHeader, encodeBatch, type BatchEnvelope } from './batch-codec.ts'
import type { Batch } from './batch.ts'
import { entryHashText } from './entry.ts'

const envelope: BatchEnvelope = {
  v: 1,
  deviceId: 'gate-0001',
  epoch: '0193b8d0-0000-4000-8000-000000000001',
  lease: 3,
  batchId: '0193b8d0-0000-4000-8000-000000000002',
}
const space = {
  spaceId: 'test-space@1',
  model: 'test',
  version: '1',
  dimension: 4,
  metric: 'cosine' as const,
  preprocessing: 'none',
  identity: 'none' as const,
}

const batchArbitrary: fc.Arbitrary<Batch> = fc
  .record({
    states: fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 20 }),
    rows: fc.array(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
      maxLength: 8,
    }),
    crops: fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 4 }),
  })
  .map(({ states, rows, crops }) => {
    const vectors = rows
      .filter((row) => row.some((x) => Math.abs(x) > 1e-3))
      .map((row) => toF16Bytes(normalise(row, 4)))
    const f16 = new Uint8Array(vectors.length * 8)
    vectors.forEach((bytes, i) => f16.set(bytes, i * 8))
    return {
      entries: states.map((state, i) => {
        const entry = { seq: i + 1, kind: 'source' as const, id: `thing-${i}-00000000`, version: 1, state }
        return { ...entry, hash: sha256Hex(entryHashText(entry)) }
      }),
      vectors: vectors.length > 0 ? [{ space, hashes: vectors.map((v) => sha256Hex(v)), f16 }] : [],
      blobs: crops.map((bytes) => ({ sha256: sha256Hex(bytes), bytes })),
    }
  })

describe('batch codec', () => {
  test('what was encoded comes back equal', () => {
    fc.assert(
      fc.property(batchArbitrary, (batch) => {
        const { header, batch: decoded } = decodeBatch(
          encodeBatch(envelope, batch, nodeBinaryTools),
          nodeBinaryTools,
        )
        expect(header).toMatchObject({ ...envelope, fromSeq: 1, toSeq: batch.entries.length })
        expect(decoded.entries).toEqual(batch.entries)
        expect(decoded.vectors.map((v) => [...v.f16])).toEqual(batch.vectors.map((v) => [...v.f16]))
        expect(decoded.blobs.map((b) => [...b.bytes])).toEqual(batch.blobs.map((b) => [...b.bytes]))
      }),
      { numRuns: 60 },
    )
  })

  test('any single flipped bit or cut is refused with INVALID_INPUT, never read as something else', () => {
    fc.assert(
      fc.property(batchArbitrary, fc.nat(), fc.nat({ max: 7 }), fc.boolean(), (batch, where, bit, cut) => {
        const bytes = encodeBatch(envelope, batch, nodeBinaryTools)
        const { bodyOffset } = decodeBatchHeader(bytes)
        const at = bodyOffset + (where % (bytes.byteLength - bodyOffset))
        const damaged = cut ? bytes.slice(0, at) : bytes.slice()
        if (!cut) damaged[at] = (damaged[at] as number) ^ (1 << bit)
        expect(() => decodeBatch(damaged, nodeBinaryTools)).toThrow(FleetError)
        expect(decodeBatchHeader(damaged.slice(0, bodyOffset)).header.batchId).toBe(envelope.batchId)
      }),
      { numRuns: 60 },
    )
  })

  test('a body that would decompress beyond its stated length is refused before it is allocated', () => {
    const bomb = nodeBinaryTools.compress(new Uint8Array(64 * 1024 * 1024))
    expect(() => nodeBinaryTools.decompress(bomb, 1024)).toThrow(FleetError)
  })
})
