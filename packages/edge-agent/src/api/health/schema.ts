// What the device says of itself. /health is open to all: nothing of what was seen, of people or of places on the disk.
import { z } from 'zod'
import { deviceStatusSchema } from '@sam3-fleet/shared/fleet/device-status'

export const healthSchema = z.object({
  status: z.enum(['ok', 'paused']).meta({ description: 'paused: the disk is at its floor' }),
  version: z.string(),
  pack: z.object({ id: z.string(), version: z.string() }),
  index: z.object({
    kind: z.string(),
    reason: z.string().nullable().meta({ description: 'Why it is not the wished kind' }),
  }),
  disk_paused: z.boolean(),
  uptime_s: z.number().int(),
})

export const statsSchema = deviceStatusSchema.extend({
  device_id: z.string(),
  name: z.string(),
  index: z.object({ kind: z.string(), size: z.number().int(), reason: z.string().nullable() }),
})
