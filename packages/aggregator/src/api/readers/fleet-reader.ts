// devices.list and devices.byId: rows of the centre's database as the fleet pages show them.
import { embeddingSpaceSchema } from '@sam3-fleet/shared/domain/embedding-space'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { DeviceSummary } from '@sam3-fleet/shared/fleet/device-view'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { z } from 'zod'
import type { Queryable } from '../../database/database.ts'
import { deviceCondition } from '../../live/device-condition.ts'
import type { FleetSnapshots } from '../../live/fleet-snapshots.ts'
import type { TransferRates } from '../../live/transfer-rates.ts'
import { NO_TROUBLES } from '../../store/count-troubles.ts'
import { decodeCursor, encodeCursor } from '../../store/cursor.ts'
import { deviceKeySchema, listDeviceRows, type DeviceRow } from '../../store/list-device-rows.ts'
import { listEpochs } from '../../store/list-epochs.ts'
import type { FleetReader } from '../api-services.ts'

export interface FleetReaderDeps {
  db: Queryable
  clock: Clock
  snapshots: FleetSnapshots
  rates: TransferRates
}

export function createFleetReader({ db, clock, snapshots, rates }: FleetReaderDeps): FleetReader {
  function summary(row: DeviceRow, counts: Map<string, number>): DeviceSummary {
    const condition = deviceCondition(row, clock.nowMs())
    const { status } = condition
    return {
      deviceId: row.device_id,
      name: row.name,
      state: condition.state,
      stateDetail: condition.stateDetail,
      presence: condition.presence,
      lagMs: condition.lagMs,
      backlogEntries: condition.backlogEntries,
      backlogBytes: condition.backlogBytes,
      rate: rates.rateOf(row.device_id),
      disk: status?.disk ?? null,
      temperatureC: status?.temperatureC ?? null,
      pack: row.pack ? { id: row.pack.id, version: row.pack.version } : null,
      agentVersion: row.agent_version,
      sightings: counts.get(row.device_id) ?? 0,
      warnings: status?.warnings ?? [],
      heardAt: condition.heardAtMs === null ? null : new Date(condition.heardAtMs).toISOString(),
      enrolledAt: row.enrolled_at.toISOString(),
      revokedAt: row.revoked_at?.toISOString() ?? null,
    }
  }

  return {
    async list(tenantId, { q, limit, cursor }) {
      const after = cursor === undefined ? null : decodeCursor(deviceKeySchema, cursor)
      const [rows, counts] = await Promise.all([
        listDeviceRows(db, { tenantId, text: q, limit: limit + 1, after }),
        snapshots.sightingCounts(tenantId),
      ])
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        devices: page.map((row) => summary(row, counts)),
        nextCursor: rows.length > limit && last ? encodeCursor([last.name, last.device_id]) : null,
      }
    },

    async byId(tenantId, deviceId) {
      const [[row], epochs, { troubles }, counts] = await Promise.all([
        listDeviceRows(db, { tenantId, deviceIds: [deviceId] }),
        listEpochs(db, { tenantId, deviceId }),
        snapshots.fleet(tenantId),
        snapshots.sightingCounts(tenantId),
      ])
      if (!row) throw unknownDevice(deviceId)
      const { quarantined, lost, incidents } = troubles.get(deviceId) ?? NO_TROUBLES
      return {
        ...summary(row, counts),
        labels: row.pack?.labels ?? [],
        spaces: z.array(embeddingSpaceSchema).catch([]).parse(row.spaces),
        currentEpoch: row.current_epoch,
        epochs: epochs.map((epoch) => ({
          epoch: epoch.epoch,
          hwm: epoch.hwm,
          maxSeq: Math.max(epoch.max_seq_seen, epoch.hwm),
          openedAt: epoch.opened_at.toISOString(),
          closedAt: epoch.closed_at?.toISOString() ?? null,
          closeReason: epoch.close_reason,
        })),
        status: deviceCondition(row, clock.nowMs()).status,
        statusAt: row.last_status_at?.toISOString() ?? null,
        quarantined,
        lostEntries: lost,
        incidents,
      }
    },
  }
}

export function unknownDevice(deviceId: string): FleetError {
  return new FleetError('NOT_FOUND', `no device ${deviceId} is enrolled here`)
}
