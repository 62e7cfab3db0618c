// What a gated detector remembers between two frames, in a form that can be kept and read back.
import { z } from 'zod'
import { keptObjectSchema } from '@sam3-fleet/models/detect/kept-object'

export const motionGateStateSchema = z.object({
  /** Brightness of each cell when it was last looked at, and cells in a row; null before the first frame. */
  memory: z
    .object({
      cells: z.custom<Float32Array>((value) => value instanceof Float32Array),
      columns: z.number().int(),
    })
    .nullable(),
  /** When everything was looked at last, and is to be again. */
  wholeLook: z.object({ lastMs: z.number(), nextMs: z.number(), everyMs: z.number() }),
})
export type MotionGateState = z.infer<typeof motionGateStateSchema>

export const gatedDetectorStateSchema = z.object({
  gate: motionGateStateSchema,
  /** What was seen last, everywhere. */
  known: z.array(keptObjectSchema),
})
export type GatedDetectorState = z.infer<typeof gatedDetectorStateSchema>
