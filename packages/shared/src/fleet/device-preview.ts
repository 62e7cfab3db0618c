// devices.preview and sightings.frame: pictures that a device makes on request; nothing of them is kept.
import { z } from 'zod'
import { deviceIdSchema, idSchema } from '../domain/identity.ts'
import { replyResultSchemas } from '../protocol/command.ts'

export const previewInputSchema = z.object({
  deviceId: deviceIdSchema,
  /** Null: the first source that has a picture. */
  sourceId: idSchema.nullable().default(null),
  maxWidth: z.number().int().min(64).max(1920).default(640),
})
export type PreviewInput = z.infer<typeof previewInputSchema>

export const frameInputSchema = z.object({
  deviceId: deviceIdSchema,
  sightingId: idSchema,
  what: z.enum(['crop', 'frame']).default('frame'),
})
export type FrameInput = z.infer<typeof frameInputSchema>

/** `image` is null when the device holds no picture of that any more; base64, with its content type. */
export const deviceImageSchema = replyResultSchemas.preview.extend({ deviceId: deviceIdSchema })
export type DeviceImage = z.infer<typeof deviceImageSchema>
