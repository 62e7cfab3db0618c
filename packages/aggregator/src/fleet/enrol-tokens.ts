// Tokens that let one new device into the fleet: made for an operator, kept as hashes, good once and for a short time.
import {
  ENROL_TOKEN_TTL_MAX_MS,
  type EnrolTokenInput,
  type EnrolTokenOutput,
} from '@sam3-fleet/shared/fleet/device-enrolment'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../database/database.ts'
import { insertEnrolToken } from '../store/write-devices.ts'
import { hashToken, newSecret } from './device-secrets.ts'

export interface EnrolTokens {
  create(tenantId: string, options: EnrolTokenInput): Promise<EnrolTokenOutput>
}

export function createEnrolTokens({ database, clock }: { database: Database; clock: Clock }): EnrolTokens {
  return {
    async create(tenantId, { ttlMs, note }) {
      const token = newSecret()
      const expiresAt = new Date(clock.nowMs() + Math.min(ttlMs, ENROL_TOKEN_TTL_MAX_MS))
      await insertEnrolToken(database, tenantId, { hash: hashToken(token), expiresAt, note })
      return { token, expiresAt: expiresAt.toISOString() }
    },
  }
}
