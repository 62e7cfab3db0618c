// One sighting on the board with what belongs to it, and the form in which it is kept over the end of a process.
import { z } from 'zod'
import { rleMaskSchema } from '@sam3-fleet/shared/domain/geometry'
import {
  colourShareSchema,
  partColoursSchema,
  resemblanceSchema,
  type PartColours,
  type Resemblance,
} from '@sam3-fleet/shared/domain/sighting'
import type { EncodedCrop } from '../embed/exemplar.ts'
import { GrowingSighting, type SightingFixed } from '../embed/growing-sighting.ts'
import { growingStateSchema } from '../embed/growing-state.ts'
import type { NewDetection, TrackSpan } from '../store/pipeline-store.ts'
import { keptBboxSchema } from '@sam3-fleet/models/detect/kept-object'

export interface Slot {
  growing: GrowingSighting
  /** Tracks that are in sight and belong to it, with the time (Unix ms) at which each came to it; empty while it rests. */
  tracks: Map<number, number>
  /** Tracks that ended, kept back as their detections are. */
  spans: TrackSpan[]
  /** Kept back until a prompt matches. */
  held: NewDetection[]
  isKept: boolean
  /** Its newest crop as it is stored. */
  mediaSha256: string | null
  /** What that crop resembles; null while nobody looked. */
  resembles: Resemblance[] | null
  /** The colours of a person's parts in that crop; null for other things, and while nobody looked. */
  parts: PartColours[] | null
  /** What its newest version was embedded from. */
  embeddedText: string
}

export const slotStateSchema = z.object({
  growing: growingStateSchema,
  tracks: z.array(z.tuple([z.number().int(), z.number()])),
  spans: z.array(
    z.object({ trackId: z.number().int(), placedMs: z.number(), endedMs: z.number().nullable() }),
  ),
  isKept: z.boolean(),
  mediaSha256: z.string().nullable(),
  resembles: z.array(resemblanceSchema).nullable(),
  parts: z.array(partColoursSchema).nullable().default(null),
  embeddedText: z.string(),
})

export const heldDetectionSchema = z.object({
  detectionId: z.number().int(),
  sightingId: z.string(),
  trackId: z.number().int(),
  frameIdx: z.number().int(),
  tsMs: z.number(),
  label: z.string(),
  textPrompt: z.string().nullable(),
  confidence: z.number(),
  bbox: keptBboxSchema,
  mask: rleMaskSchema.nullable(),
  colours: z.array(colourShareSchema),
  beside: z.array(z.string()).nullable(),
})

export interface KeptSlot {
  id: string
  state: z.infer<typeof slotStateSchema>
  /** Oldest first. */
  held: readonly NewDetection[]
  /** A picture that no version has brought yet. */
  newCrop: EncodedCrop | null
}

export function newSlot(fixed: SightingFixed): Slot {
  return {
    growing: new GrowingSighting(fixed),
    tracks: new Map(),
    spans: [],
    held: [],
    isKept: false,
    mediaSha256: null,
    resembles: null,
    parts: null,
    embeddedText: '',
  }
}

/** Encodes the slot's new picture, if it has one: a version that brings it later finds it done. */
export async function keepSlot(slot: Slot): Promise<KeptSlot> {
  const { growing, tracks, spans, held, isKept, mediaSha256, resembles, parts, embeddedText } = slot
  const newCrop = await growing.newCrop()
  const state = {
    growing: growing.state(),
    tracks: [...tracks],
    spans: [...spans],
    isKept,
    mediaSha256,
    resembles,
    parts,
    embeddedText,
  }
  return { id: growing.fixed.id, state, held: [...held], newCrop }
}

export function slotFrom(fixed: Omit<SightingFixed, 'id'>, { id, state, held, newCrop }: KeptSlot): Slot {
  const growing = GrowingSighting.from({ ...fixed, id }, state.growing, newCrop)
  return { ...state, growing, tracks: new Map(state.tracks), spans: [...state.spans], held: [...held] }
}
