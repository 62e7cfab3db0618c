// One outbox entry: one full version of one thing, with its gapless number and the hash of its content.
import { z } from 'zod'
import { idSchema, sha256Schema, unixMsSchema } from '../domain/identity.ts'
import { sightingSchema } from '../domain/sighting.ts'
import { sourceRecordSchema } from '../domain/source.ts'

export const entryKindSchema = z.enum(['sighting', 'media', 'source', 'tombstone'])
export type EntryKind = z.infer<typeof entryKindSchema>

/** The exemplar crop of a sighting; its bytes travel beside it in the batch, addressed by hash. */
export const mediaStateSchema = z.object({
  sha256: sha256Schema,
  contentType: z.literal('image/webp'),
  bytes: z.number().int().positive(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  sightingId: idSchema,
})
export type MediaState = z.infer<typeof mediaStateSchema>

/** Something is gone: a thing that was deleted, or a range of entries that was dropped before it was sent. */
export const tombstoneStateSchema = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('deleted'),
    kind: z.enum(['sighting', 'source']),
    id: idSchema,
    reason: z.string().max(200),
    atMs: unixMsSchema,
  }),
  z.object({
    what: z.literal('dropped'),
    epoch: z.uuid(),
    fromSeq: z.number().int().positive(),
    toSeq: z.number().int().positive(),
    count: z.number().int().positive(),
    reason: z.string().max(200),
    atMs: unixMsSchema,
  }),
])
export type TombstoneState = z.infer<typeof tombstoneStateSchema>

/**
 * An entry as it lies in the outbox and in a batch. `state` is the JSON text of the full version; the hash is over
 * its exact bytes, so fields that an older centre does not know are kept and still verified.
 */
export const entrySchema = z.object({
  seq: z.number().int().positive(),
  kind: entryKindSchema,
  /** Id of the thing: sighting or source id; the sha256 for media; an own id for a tombstone. */
  id: z.string().min(8).max(64),
  version: z.number().int().positive(),
  hash: sha256Schema,
  state: z.string().max(65_536),
})
export type Entry = z.infer<typeof entrySchema>

/** State schema of each kind: what an ingest parses `state` with. */
export const entryStateSchemas = {
  sighting: sightingSchema,
  media: mediaStateSchema,
  source: sourceRecordSchema,
  tombstone: tombstoneStateSchema,
} as const satisfies Record<EntryKind, z.ZodType>

/** The text whose sha256 is an entry's content hash. */
export function entryHashText(entry: Pick<Entry, 'kind' | 'id' | 'version' | 'state'>): string {
  return `${entry.kind}\n${entry.id}\n${entry.version}\n${entry.state}`
}
