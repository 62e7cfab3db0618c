// A sighting: one object, one place, one stretch of time. The unit that is indexed, synced and found.
import { z } from 'zod'
import { bboxSchema } from './geometry.ts'
import { idSchema, sha256Schema, unixMsSchema } from './identity.ts'

/** Kinds of things beside one that are worth knowing. */
export const COMPANIONS_MAX = 4
/** Classes of a picture that say more than noise. */
export const RESEMBLANCES_MAX = 5

/** A named colour with the share (0..1) of the object's own pixels that has it. */
export const colourShareSchema = z.object({ name: z.string().max(24), share: z.number().min(0).max(1) })
export type ColourShare = z.infer<typeof colourShareSchema>

/** Parts of a person that are told apart by where they are in the box. */
export const BODY_PARTS = ['head', 'upper', 'lower'] as const
export const bodyPartSchema = z.enum(BODY_PARTS)
export type BodyPart = z.infer<typeof bodyPartSchema>

/** Colours of one part of a person, shares of that part. */
export const partColoursSchema = z.object({
  part: bodyPartSchema,
  colours: z.array(colourShareSchema).max(3),
})
export type PartColours = z.infer<typeof partColoursSchema>

/** Another thing whose box touched this one's in at least half of the frames that showed it: carried, ridden, beside it. */
export const companionSchema = z.object({ label: z.string().max(80), share: z.number().min(0).max(1) })
export type Companion = z.infer<typeof companionSchema>

/** A class that the exemplar resembles, with its probability. It orders answers and is never said of the thing. */
export const resemblanceSchema = z.object({ name: z.string().max(60), share: z.number().min(0).max(1) })
export type Resemblance = z.infer<typeof resemblanceSchema>

/** What was measured; every word of the description comes from one of these. */
export const sightingAttributesSchema = z.object({
  colours: z.array(colourShareSchema).max(8),
  size: z.enum(['tiny', 'small', 'medium', 'large']),
  place: z.string().max(40),
  movement: z.string().max(60),
  /** Absent where nobody looked for them (devices before protocol 4). */
  companions: z.array(companionSchema).max(COMPANIONS_MAX).optional(),
  /** Absent where the pack has no classifier, or nothing was looked at yet. */
  resembles: z.array(resemblanceSchema).max(RESEMBLANCES_MAX).optional(),
  /** Of people; absent where nobody looked, and without the parts that the picture does not show. */
  parts: z.array(partColoursSchema).max(BODY_PARTS.length).optional(),
})
export type SightingAttributes = z.infer<typeof sightingAttributesSchema>

export const sightingStateSchema = z.enum(['open', 'closed'])

/** One full version of a sighting. `count` and times are absolute, never deltas. */
export const sightingSchema = z.object({
  id: idSchema,
  version: z.number().int().positive(),
  state: sightingStateSchema,
  sourceId: idSchema,
  sourceName: z.string().max(200),
  videoId: idSchema,
  label: z.string().max(80),
  textPrompt: z.string().max(400).nullable(),
  description: z.string().max(600),
  attributes: sightingAttributesSchema,
  /** Of the exemplar detection. */
  confidence: z.number().min(0).max(1),
  bbox: bboxSchema,
  frameIdx: z.number().int().nonnegative(),
  detectionId: z.number().int().nonnegative(),
  /** Detections that this sighting stands for. */
  count: z.number().int().positive(),
  /** Tracks that dedup joined into it; 1 when nothing was joined. */
  trackCount: z.number().int().positive(),
  firstSeenMs: unixMsSchema,
  lastSeenMs: unixMsSchema,
  timeOrigin: z.enum(['recorded_at', 'container', 'ingest', 'live']),
  spaceId: z.string().max(80),
  /** Hash of the f16 embedding; equal vectors are stored and sent once. */
  vectorHash: sha256Schema,
  /** Hash of the exemplar crop (WebP, at most 16 KB), or null while none is stored. */
  mediaSha256: sha256Schema.nullable(),
})
export type Sighting = z.infer<typeof sightingSchema>
