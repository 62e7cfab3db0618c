// Contract: how sure an answer is, in words. Calibrated per embedding space, never a raw number on screen.
import { z } from 'zod'

export const bandSchema = z.enum(['strong', 'likely', 'weak'])
export type Band = z.infer<typeof bandSchema>
