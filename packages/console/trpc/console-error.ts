// What the console's own server says instead of the centre: not logged in, another site, centre out of reach.
import { z } from 'zod'
import { CONSOLE_ERROR_HEADER } from '../lib/console-error-header.ts'

const bodySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
})

export class ConsoleError extends Error {
  readonly code: string
  readonly hint: string

  constructor({ code, message, hint }: { code: string; message: string; hint: string }) {
    super(message)
    this.name = 'ConsoleError'
    this.code = code
    this.hint = hint
  }
}

/** The answer as it is when the centre gave it; throws the console's own refusals. */
export async function centreAnswer(response: Response): Promise<Response> {
  if (response.headers.get(CONSOLE_ERROR_HEADER) === null) return response
  const body = bodySchema.safeParse(await response.json())
  if (!body.success) return response
  throw new ConsoleError(body.data.error)
}
