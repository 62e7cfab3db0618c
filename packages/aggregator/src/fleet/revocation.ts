// Revokes a device: first in the database, so that no log-in succeeds from then on, then on the wire. It is told, and
// cut off where the broker is the centre's own; an outside broker goes on holding its connection, unheard.
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { RevokeOutput } from '@sam3-fleet/shared/fleet/device-revocation'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { Database } from '../database/database.ts'
import { revokeDevice, type RevokedRow } from '../store/revoke-device.ts'
import { REVOKED } from './greet.ts'

export interface RevocationDeps {
  database: Database
  incarnation: string
  publish: (topic: string, payload: Uint8Array) => Promise<void>
  /** Ends the connections of a device; null where the broker is not the centre's own. */
  disconnect: ((deviceId: string) => void) | null
  log: Logger
}

export interface Revocation {
  /** May be asked again: it then tells and cuts again. @throws FleetError NOT_FOUND. */
  revoke(tenantId: string, deviceId: string): Promise<RevokeOutput>
}

export function createRevocation(deps: RevocationDeps): Revocation {
  const { database, disconnect, log } = deps

  /** The answer to no hello: the device greets again, and hears why it may not. */
  async function tell(deviceId: string, { currentEpoch, lease }: RevokedRow): Promise<void> {
    if (currentEpoch === null) return
    const refusal: Welcome = {
      v: PROTOCOL_VERSION,
      helloId: randomUUID(),
      deviceId,
      epoch: currentEpoch,
      action: 'refused',
      reason: REVOKED,
      lease,
      incarnation: deps.incarnation,
      hwm: 0,
      ranges: [],
      creditBytes: 0,
    }
    await deps.publish(topics.down(deviceId, 'welcome'), Buffer.from(JSON.stringify(refusal)))
  }

  return {
    async revoke(tenantId, deviceId) {
      const row = await revokeDevice(database, { tenantId, deviceId })
      if (!row) throw new FleetError('NOT_FOUND', `no device ${deviceId}`)
      await tell(deviceId, row).catch((thrown: unknown) =>
        log.warn({ err: toFleetError(thrown), deviceId }, 'a revoked device could not be told'),
      )
      disconnect?.(deviceId)
      log.info({ deviceId, isCut: disconnect !== null }, 'revoked a device')
      return { deviceId, revokedAt: row.revokedAt.toISOString(), connectionEnded: disconnect !== null }
    },
  }
}
