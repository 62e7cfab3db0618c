// What a tracker knows between two frames, in a form that can be kept and read back: every number as exact as it was.
import { z } from 'zod'
import type { Appearance } from './appearance.ts'
import { keptObjectSchema } from '@sam3-fleet/models/detect/kept-object'

const axisSchema = z.object({
  value: z.number(),
  velocity: z.number(),
  varValue: z.number(),
  covariance: z.number(),
  varVelocity: z.number(),
})
/** Centre x, centre y, aspect ratio, height. */
export const boxFilterStateSchema = z.tuple([axisSchema, axisSchema, axisSchema, axisSchema])
export type BoxFilterState = z.infer<typeof boxFilterStateSchema>

const hitSchema = z.object({
  trackId: z.number().int(),
  frameIdx: z.number().int(),
  ptsMs: z.number(),
  tsMs: z.number(),
  object: keptObjectSchema,
})

export const trackerStateSchema = z.object({
  lastTrackId: z.number().int(),
  /** Of the newest frame; null before the first. */
  lastMs: z.number().nullable(),
  /** Oldest first. */
  tracks: z.array(
    z.object({
      id: z.number().int(),
      filter: boxFilterStateSchema,
      label: z.string(),
      /** Detections before the track became sure; null once it is. */
      unsure: z.array(hitSchema).nullable(),
      lastSeenMs: z.number(),
      isLost: z.boolean(),
      appearance: z.custom<Appearance>((value) => value instanceof Float32Array).nullable(),
      aloneLooks: z.number().int(),
    }),
  ),
})
export type TrackerState = z.infer<typeof trackerStateSchema>
