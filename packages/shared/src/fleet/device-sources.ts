// sources.list, sources.upsert, sources.remove: the sources of one device, asked live, else the synced copy.
import { z } from 'zod'
import { deviceIdSchema, idSchema } from '../domain/identity.ts'
import { sourceRecordSchema } from '../domain/source.ts'
import { sourceInputSchema } from '../protocol/command.ts'

export const sourcesListOutputSchema = z.object({
  deviceId: deviceIdSchema,
  sources: z.array(sourceRecordSchema),
  /** `copy`: the device could not be asked; this is what it last synced. */
  from: z.enum(['device', 'copy']),
  asOf: z.iso.datetime().nullable(),
  ageMs: z.number().int().nonnegative().nullable(),
})
export type SourcesListOutput = z.infer<typeof sourcesListOutputSchema>

export const sourcesUpsertInputSchema = z.object({ deviceId: deviceIdSchema, source: sourceInputSchema })
export type SourcesUpsertInput = z.infer<typeof sourcesUpsertInputSchema>
export const sourcesUpsertOutputSchema = z.object({ deviceId: deviceIdSchema, source: sourceRecordSchema })
export type SourcesUpsertOutput = z.infer<typeof sourcesUpsertOutputSchema>

export const sourcesRemoveInputSchema = z.object({ deviceId: deviceIdSchema, id: idSchema })
export type SourcesRemoveInput = z.infer<typeof sourcesRemoveInputSchema>
export const sourcesRemoveOutputSchema = z.object({ removed: z.boolean() })
export type SourcesRemoveOutput = z.infer<typeof sourcesRemoveOutputSchema>
