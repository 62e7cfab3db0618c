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
  rate: z.object({
    factor: z.number().min(0).max(1).meta({ description: 'Part of the wished frames a second' }),
    reason: z.string().nullable().meta({ description: 'Why it is lowered: the board is too hot or hungry' }),
  }),
  uptime_s: z.number().int(),
})

const perName = z.record(z.string(), z.number())

/** What the board says of itself, as its kernel and tegrastats tell it. */
const boardSchema = z.object({
  temperaturesC: perName,
  throttleAtC: perName.meta({ description: 'Where the kernel begins to slow the chip down' }),
  railsMw: perName.meta({ description: 'Milliwatts of each power rail' }),
  gpuLoad: z.number().nullable(),
  cpuLoad: z.number().nullable(),
  memoryBusLoad: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  overCurrentEvents: z.number().nullable(),
})

export const statsSchema = deviceStatusSchema.extend({
  board: boardSchema,
  rate: healthSchema.shape.rate,
  device_id: z.string(),
  name: z.string(),
  index: z.object({ kind: z.string(), size: z.number().int(), reason: z.string().nullable() }),
})
