// How complete an answer is, device by device: what the centre has, what the device said it has, who was asked.
import type { Coverage } from '@sam3-fleet/shared/search/find'
import type { Queryable } from '../database/database.ts'
import { deviceCondition, reachable, type DeviceCondition } from '../live/device-condition.ts'
import { lastContiguousSeen } from '../store/last-contiguous-seen.ts'
import type { DeviceRow } from '../store/list-device-rows.ts'

export interface DeviceInScope {
  row: DeviceRow
  condition: DeviceCondition
  coverage: Coverage
  /** Behind and connected: its own answer adds what the centre lacks. */
  askLive: boolean
}

export async function coverageOf(
  db: Queryable,
  { tenantId, rows, nowMs }: { tenantId: string; rows: readonly DeviceRow[]; nowMs: number },
): Promise<DeviceInScope[]> {
  const scope = rows
    .filter((row) => row.revoked_at === null)
    .map((row) => ({ row, condition: deviceCondition(row, nowMs) }))
  const contiguous = await lastContiguousSeen(db, {
    tenantId,
    deviceIds: scope
      .filter(({ condition }) => condition.backlogEntries > 0 && oldestMissingMs(condition) === null)
      .map(({ row }) => row.device_id),
  })
  return scope.map(({ row, condition }) => {
    const askLive = reachable(condition) && condition.backlogEntries > 0
    const completeToMs = completeTo(row, condition, contiguous.get(row.device_id) ?? null)
    return {
      row,
      condition,
      askLive,
      coverage: {
        deviceId: row.device_id,
        deviceName: row.name,
        state: stateOf(condition),
        completeTo: completeToMs === null ? null : new Date(completeToMs).toISOString(),
        behind: condition.backlogEntries,
        askedLive: false,
        answered: 'not_asked',
      },
    }
  })
}

function stateOf(condition: DeviceCondition): Coverage['state'] {
  if (condition.state === 'awaiting') return 'unknown'
  if (!reachable(condition)) return 'offline'
  return condition.backlogEntries === 0 ? 'complete' : 'behind'
}

/** With nothing missing, the copy is whole up to the device's last word; else up to before the oldest missing entry. */
function completeTo(row: DeviceRow, condition: DeviceCondition, contiguousMs: number | null): number | null {
  if (condition.state === 'awaiting') return null
  if (condition.backlogEntries > 0) return oldestMissingMs(condition) ?? contiguousMs
  return (row.last_status_at ?? row.last_hello_at)?.getTime() ?? null
}

/** As the device says; a status from before the present backlog says nothing of it. */
function oldestMissingMs({ status, hwm }: DeviceCondition): number | null {
  return status && status.sync.ackedHwm <= hwm ? status.sync.oldestUnackedMs : null
}
