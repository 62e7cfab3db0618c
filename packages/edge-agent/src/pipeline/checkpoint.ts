// All that the stages of one recording know between two frames, as named parts of bytes and back. Numbers come back to
// the last bit; what another version wrote, or was written for other settings, is not read at all.
import { deserialize, serialize } from 'node:v8'
import { z } from 'zod'
import { gatedDetectorStateSchema, type GatedDetectorState } from '../gate/gate-state.ts'
import { keyFramesStateSchema, type KeyFramesState } from '../gate/key-frames.ts'
import type { CheckpointChange, CheckpointParts, NewDetection } from '../store/pipeline-store.ts'
import { trackerStateSchema, type TrackerState } from '../track/tracker-state.ts'
import { heldDetectionSchema, slotStateSchema, type KeptSlot } from './slot.ts'

/** Changes with the meaning of any part, or with what a stage makes of it. */
const VERSION = 8

export interface StagesState {
  /** Frames that went through all stages. */
  framesDone: number
  tracker: TrackerState
  /** Null where nothing is gated. */
  gate: GatedDetectorState | null
  /** Null where every frame is looked at. */
  keys: KeyFramesState | null
  /** Oldest first. */
  slots: readonly KeptSlot[]
}

const headSchema = z.object({
  version: z.literal(VERSION),
  settings: z.string(),
  framesDone: z.number().int(),
  tracker: trackerStateSchema,
  gate: gatedDetectorStateSchema.nullable(),
  keys: keyFramesStateSchema.nullable(),
  sightings: z.array(z.string()),
})
const sightingSchema = slotStateSchema.extend({
  newCrop: z.object({ sha256: z.string(), width: z.number(), height: z.number() }).nullable(),
})

const HEAD = 'head'
const HELD = 'held/'
const heldName = ({ sightingId, detectionId }: NewDetection): string => `${HELD}${sightingId}/${detectionId}`
const sightingName = (id: string): string => `sighting/${id}`
const cropName = (id: string, sha256: string): string => `crop/${id}/${sha256}`

export interface Checkpointer {
  /** What has changed since the last call: only that is written. */
  change(state: StagesState): CheckpointChange
}

/**
 * @param settings what the recording is worked on with
 * @param before what is kept already
 */
export function createCheckpointer(settings: string, before: CheckpointParts): Checkpointer {
  const kept = new Map(before)
  return {
    change(state) {
      const put = new Map<string, Uint8Array>()
      const names = new Set<string>()
      const keep = (name: string, bytes: Uint8Array): void => {
        names.add(name)
        const old = kept.get(name)
        if (old === undefined || Buffer.compare(old, bytes) !== 0) put.set(name, bytes)
      }
      /** Never changes under its name. */
      const keepOnce = (name: string, bytes: () => Uint8Array): void => {
        if (kept.has(name)) names.add(name)
        else keep(name, bytes())
      }

      const { slots, ...stages } = state
      keep(HEAD, serialize({ version: VERSION, settings, ...stages, sightings: slots.map(({ id }) => id) }))
      for (const { id, state: known, held, newCrop } of slots) {
        const crop = newCrop && { sha256: newCrop.sha256, width: newCrop.width, height: newCrop.height }
        keep(sightingName(id), serialize({ ...known, newCrop: crop }))
        if (newCrop) keepOnce(cropName(id, newCrop.sha256), () => newCrop.bytes)
        for (const detection of held) keepOnce(heldName(detection), () => serialize(detection))
      }
      const drop = [...kept.keys()].filter((name) => !names.has(name))
      for (const name of drop) kept.delete(name)
      for (const [name, bytes] of put) kept.set(name, bytes)
      return { put, drop }
    },
  }
}

/** Null when it is not whole, of another version, for other settings or for another frame. */
export function readCheckpoint(
  parts: CheckpointParts,
  expected: { settings: string; framesDone: number },
): StagesState | null {
  try {
    const part = <T>(name: string, schema: z.ZodType<T>): T => schema.parse(valueOf(parts, name))
    const { settings, framesDone, tracker, gate, keys, sightings } = part(HEAD, headSchema)
    if (settings !== expected.settings || framesDone !== expected.framesDone) return null
    const held = Map.groupBy(
      [...parts.keys()]
        .filter((name) => name.startsWith(HELD))
        .map((name) => part(name, heldDetectionSchema))
        .sort((a, b) => a.detectionId - b.detectionId),
      ({ sightingId }) => sightingId,
    )
    const slots = sightings.map((id): KeptSlot => {
      const { newCrop: crop, ...state } = part(sightingName(id), sightingSchema)
      const newCrop = crop && { ...crop, bytes: bytesOf(parts, cropName(id, crop.sha256)) }
      return { id, state, held: held.get(id) ?? [], newCrop }
    })
    return { framesDone, tracker, gate, keys, slots }
  } catch {
    return null
  }
}

function bytesOf(parts: CheckpointParts, name: string): Uint8Array {
  const bytes = parts.get(name)
  if (!bytes) throw new Error(`the checkpoint has no ${name}`)
  return bytes
}

function valueOf(parts: CheckpointParts, name: string): unknown {
  return deserialize(bytesOf(parts, name))
}
