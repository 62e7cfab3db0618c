// The one form in which this API refuses something.
import { z } from 'zod'

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
})
