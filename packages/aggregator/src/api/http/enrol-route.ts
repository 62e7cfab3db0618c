// POST /api/v1/enrol: a device trades a token for its own credentials. The token is the authentication.
import type { RequestHandler } from 'express'
import { deviceIdSchema } from '@sam3-fleet/shared/domain/identity'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { z } from 'zod'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { createFailedAttempts } from './failed-attempts.ts'

export const enrolInputSchema = z.object({
  token: z.string().min(1).max(400),
  deviceId: deviceIdSchema,
  name: z.string().trim().min(1).max(100),
})
export type EnrolInput = z.infer<typeof enrolInputSchema>

export const enrolOutputSchema = z.object({
  username: z.string(),
  password: z.string(),
  mqttUrl: z.string(),
})
export type EnrolOutput = z.infer<typeof enrolOutputSchema>

/** @param enrol throws FleetError FORBIDDEN or UNAUTHENTICATED when the token is not (or no longer) good. */
export function enrolRoute(enrol: (input: EnrolInput) => Promise<EnrolOutput>, clock: Clock): RequestHandler {
  const attempts = createFailedAttempts(clock)
  return async (request, response) => {
    const address = request.socket.remoteAddress ?? 'unknown'
    attempts.check(address)
    const input = enrolInputSchema.parse(request.body)
    try {
      const credentials = await enrol(input)
      response.status(201).setHeader('cache-control', 'no-store').json(credentials)
    } catch (thrown) {
      if (toFleetError(thrown).status < 500) attempts.failed(address)
      throw thrown
    }
  }
}
