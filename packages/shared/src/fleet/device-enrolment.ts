// devices.enrolToken: a token that lets one new device into the fleet, once and soon.
import { z } from 'zod'

/** An enrolment token lives at most this long: long enough to walk to the device with it. */
export const ENROL_TOKEN_TTL_MAX_MS = 60 * 60_000

export const enrolTokenInputSchema = z.object({
  ttlMs: z.number().int().positive().max(ENROL_TOKEN_TTL_MAX_MS).default(ENROL_TOKEN_TTL_MAX_MS),
  /** What people see beside it later: which device it was for. */
  note: z.string().trim().max(200).default(''),
})
export type EnrolTokenInput = z.infer<typeof enrolTokenInputSchema>

export const enrolTokenOutputSchema = z.object({
  /** Shown once; only its hash is kept. */
  token: z.string(),
  expiresAt: z.iso.datetime(),
})
export type EnrolTokenOutput = z.infer<typeof enrolTokenOutputSchema>
