// sightings.split: joins of one sighting taken back, on its device; what it is then comes as everything does.
import type { z } from 'zod'
import { deviceIdSchema } from '../domain/identity.ts'
import { replyResultSchemas, splitTracksSchema } from '../protocol/command.ts'
import { sightingRefSchema } from '../search/sighting-detail.ts'

export const splitInputSchema = sightingRefSchema.extend({ trackIds: splitTracksSchema.default(null) })
export type SplitInput = z.infer<typeof splitInputSchema>

export const splitOutputSchema = replyResultSchemas['sightings.split'].extend({ deviceId: deviceIdSchema })
export type SplitOutput = z.infer<typeof splitOutputSchema>
