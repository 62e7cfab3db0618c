// down/command and up/reply: what the centre asks of a device, with a deadline in remaining milliseconds.
import { z } from 'zod'
import { deviceIdSchema, idSchema, sha256Schema } from '../domain/identity.ts'
import { interpretationSchema, jobRecordSchema } from '../domain/job.ts'
import { sightingSchema } from '../domain/sighting.ts'
import { dedupRadiusSchema, keyFrameMsSchema, sourceRecordSchema } from '../domain/source.ts'
import { searchFiltersSchema } from '../search/filters.ts'

const sourceInputSchema = z.object({
  id: idSchema.optional(),
  name: z.string().min(1).max(200),
  uri: z.string().min(1).max(2000),
  prompts: z.array(z.string().min(1).max(400)).max(16).default([]),
  detectFps: z.number().min(0.1).max(60).default(5),
  motionGate: z.boolean().nullable().optional(),
  /** Absent: as it is, 1 for a new one. */
  dedupRadius: dedupRadiusSchema.optional(),
  /** Absent: as it is; null: as the detector says, which is also what a new one has. */
  keyFrameMs: keyFrameMsSchema.nullable().optional(),
  enabled: z.boolean().default(true),
})
/** What a person gives to add or change a source; the id makes it a change. */
export type SourceInput = z.infer<typeof sourceInputSchema>
export { sourceInputSchema }

/** Tracks of one sighting, by the numbers that its device gave them. */
const trackIdsSchema = z.array(z.number().int().nonnegative())
/** Tracks to be taken out into one sighting of their own; null: every track is one by itself. */
export const splitTracksSchema = trackIdsSchema.min(1).max(1_000).nullable()

export const commandBodySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('search'),
    q: z.string().max(400).nullable(),
    /** Query vector per space: f16 little-endian, base64. */
    vectors: z.array(z.object({ spaceId: z.string(), f16: z.string() })).max(16),
    interpretation: interpretationSchema.nullable(),
    filters: searchFiltersSchema,
    /** Only things whose newest entry is above this seq: the centre has the rest. */
    sinceSeq: z.number().int().nonnegative(),
    epoch: z.uuid().nullable(),
    limit: z.number().int().min(1).max(200),
  }),
  z.object({ kind: z.literal('sources.list') }),
  z.object({ kind: z.literal('sources.upsert'), source: sourceInputSchema }),
  z.object({ kind: z.literal('sources.remove'), id: idSchema }),
  z.object({ kind: z.literal('jobs.list'), limit: z.number().int().min(1).max(200) }),
  z.object({
    kind: z.literal('jobs.create'),
    /** Path on the centre where the device fetches the upload with its own credentials. */
    uploadPath: z.string().max(400),
    sha256: sha256Schema,
    bytes: z.number().int().positive(),
    fileName: z.string().min(1).max(255),
    textPrompt: z.string().max(400).nullable(),
    confidenceThreshold: z.number().min(0).max(1).nullable(),
  }),
  z.object({ kind: z.literal('jobs.cancel'), id: idSchema }),
  z.object({
    kind: z.literal('preview'),
    sourceId: idSchema.nullable(),
    maxWidth: z.number().int().min(64).max(1920),
  }),
  z.object({
    kind: z.literal('sightings.split'),
    sightingId: idSchema,
    trackIds: splitTracksSchema,
  }),
  z.object({ kind: z.literal('media.fetch'), sightingId: idSchema, what: z.enum(['crop', 'frame']) }),
])
export type CommandBody = z.infer<typeof commandBodySchema>
export type CommandKind = CommandBody['kind']

export const commandSchema = z.object({
  v: z.number().int(),
  commandId: z.uuid(),
  deviceId: deviceIdSchema,
  /** Same key, same effect: a repeated command answers what the first one did. */
  idempotencyKey: z.string().min(8).max(80),
  /** Milliseconds left when this was sent; never a wall time (rule A20). */
  remainingMs: z.number().int().positive(),
  body: commandBodySchema,
})
export type Command = z.infer<typeof commandSchema>

const imageSchema = z.object({
  contentType: z.string().max(40),
  base64: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  atMs: z.number().int().nullable(),
})

/** What each command answers with when it is done. */
export const replyResultSchemas = {
  search: z.object({
    results: z.array(z.object({ sighting: sightingSchema, similarity: z.number().nullable() })),
    /** Crops of the results that the centre may not have yet: sha256 -> WebP in base64. */
    crops: z.record(sha256Schema, z.string()),
    maxSeq: z.number().int().nonnegative(),
    /** The device has looked at everything it saw up to here. */
    completeToMs: z.number().int(),
  }),
  'sources.list': z.object({ sources: z.array(sourceRecordSchema) }),
  'sources.upsert': z.object({ source: sourceRecordSchema }),
  'sources.remove': z.object({ removed: z.boolean() }),
  'jobs.list': z.object({ jobs: z.array(jobRecordSchema) }),
  'jobs.create': z.object({ job: jobRecordSchema }),
  'jobs.cancel': z.object({ job: jobRecordSchema }),
  preview: z.object({ image: imageSchema.nullable() }),
  /** What the sighting is now; the sightings themselves come as everything does. */
  'sightings.split': z.object({
    parts: z.array(z.object({ sightingId: idSchema, trackIds: trackIdsSchema })),
  }),
  'media.fetch': z.object({ image: imageSchema.nullable() }),
} as const satisfies Record<CommandKind, z.ZodType>
export type ReplyResult<K extends CommandKind> = z.infer<(typeof replyResultSchemas)[K]>

export const replySchema = z.object({
  v: z.number().int(),
  commandId: z.uuid(),
  deviceId: deviceIdSchema,
  status: z.enum(['accepted', 'done', 'failed', 'expired']),
  /** Present when done; parsed with `replyResultSchemas[kind]`. */
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
})
export type Reply = z.infer<typeof replySchema>
