// up/batch: entries with the vectors and crops that they refer to. Binary; batch-codec.ts has the layout.
import { z } from 'zod'
import { embeddingSpaceSchema } from '../domain/embedding-space.ts'
import { deviceIdSchema, epochSchema, sha256Schema } from '../domain/identity.ts'
import { entrySchema } from './entry.ts'

/** Readable before anything is decompressed, so that a batch that cannot be read can still be answered. */
export const batchHeaderSchema = z.object({
  v: z.number().int(),
  deviceId: deviceIdSchema,
  epoch: epochSchema,
  lease: z.number().int().positive(),
  batchId: z.uuid(),
  fromSeq: z.number().int().positive(),
  toSeq: z.number().int().positive(),
  /** sha256 of the compressed body: any flipped bit is seen before decoding. */
  bodySha256: sha256Schema,
  /** Bytes of the body once decompressed. */
  bodyBytes: z.number().int().positive(),
})
export type BatchHeader = z.infer<typeof batchHeaderSchema>

/** First part of the decompressed body; vector blocks (f16, row after row) and crops follow in this order. */
export const batchIndexSchema = z.object({
  entries: z.array(entrySchema).min(1),
  vectors: z.array(z.object({ space: embeddingSpaceSchema, hashes: z.array(sha256Schema) })).max(16),
  blobs: z.array(z.object({ sha256: sha256Schema, bytes: z.number().int().positive() })),
})
export type BatchIndex = z.infer<typeof batchIndexSchema>

export interface VectorBlock {
  space: z.infer<typeof embeddingSpaceSchema>
  /** sha256 of each row's f16 bytes. */
  hashes: string[]
  /** `hashes.length * dimension` little-endian half floats. */
  f16: Uint8Array
}

export interface Batch {
  entries: z.infer<typeof entrySchema>[]
  vectors: VectorBlock[]
  blobs: { sha256: string; bytes: Uint8Array }[]
}
