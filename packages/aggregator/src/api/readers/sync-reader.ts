// sync.status, sync.watch and sync.quarantine. A watch is level-triggered: every event is the whole state.
import type { Durability } from '@sam3-fleet/shared/protocol/ack'
import type { DeviceState } from '@sam3-fleet/shared/fleet/device-view'
import type { DeviceSync, SyncStatus, SyncStatusInput } from '@sam3-fleet/shared/fleet/sync-view'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Queryable } from '../../database/database.ts'
import { deviceCondition } from '../../live/device-condition.ts'
import type { FleetSnapshots } from '../../live/fleet-snapshots.ts'
import type { TransferRates } from '../../live/transfer-rates.ts'
import { NO_TROUBLES, type Troubles } from '../../store/count-troubles.ts'
import { decodeCursor, encodeCursor } from '../../store/cursor.ts'
import type { DeviceRow } from '../../store/list-device-rows.ts'
import { listQuarantine, quarantineKeySchema } from '../../store/list-quarantine.ts'
import type { SyncReader } from '../api-services.ts'

/** How often a watch looks; with STALE_AFTER_MS a lost link shows within five seconds. */
const WATCH_POLL_MS = 500
/** A watch says something at least this often, so that a reader knows that it still lives. */
const WATCH_PUSH_MS = 2_000

/** Those that need a person come first. */
const STATE_ORDER: readonly DeviceState[] = ['stale', 'behind', 'offline', 'online', 'awaiting']

export interface SyncReaderDeps {
  db: Queryable
  clock: Clock
  durability: Durability
  snapshots: FleetSnapshots
  rates: TransferRates
}

export function createSyncReader({ db, clock, durability, snapshots, rates }: SyncReaderDeps): SyncReader {
  function deviceSync(row: DeviceRow, troubles: Troubles): DeviceSync {
    const { status, heardAtMs: _, ...condition } = deviceCondition(row, clock.nowMs())
    const rate = rates.rateOf(row.device_id)
    return {
      ...condition,
      deviceId: row.device_id,
      name: row.name,
      presenceAt: row.presence_at?.toISOString() ?? null,
      epoch: row.current_epoch,
      entriesPerS: rate?.entriesPerS ?? null,
      bytesPerS: rate?.bytesPerS ?? null,
      inFlightBatches: status?.sync.inFlightBatches ?? 0,
      resentBatches: status?.sync.resentBatches ?? 0,
      reconnects: status?.sync.reconnects ?? 0,
      heldBytes: status?.sync.heldBytes ?? 0,
      rejects: troubles.quarantined,
      losses: troubles.lost,
      incidents: troubles.incidents,
      lastError: status?.sync.lastError ?? null,
      statusAt: row.last_status_at?.toISOString() ?? null,
    }
  }

  async function status(tenantId: string, { devices: asked, limit }: SyncStatusInput): Promise<SyncStatus> {
    const { rows, troubles } = await snapshots.fleet(tenantId)
    const scope = asked && new Set(asked)
    const devices = rows
      .filter((row) => !scope || scope.has(row.device_id))
      .map((row) => deviceSync(row, troubles.get(row.device_id) ?? NO_TROUBLES))
      .sort(mostTroubledFirst)
    return {
      at: new Date(clock.nowMs()).toISOString(),
      durability,
      totals: totalsOf(devices),
      devices: devices.slice(0, limit),
      omitted: Math.max(0, devices.length - limit),
    }
  }

  return {
    status,

    async *watch(tenantId, input, signal) {
      let last = { digest: '', atMs: Number.NEGATIVE_INFINITY }
      while (!signal?.aborted) {
        const now = await status(tenantId, input)
        const digest = JSON.stringify({ ...now, at: null })
        const atMs = clock.monotonicMs()
        if (digest !== last.digest || atMs - last.atMs >= WATCH_PUSH_MS) {
          last = { digest, atMs }
          yield now
        }
        await clock.sleep(WATCH_POLL_MS, signal).catch(() => undefined)
      }
    },

    async quarantine(tenantId, { deviceId, limit, cursor }) {
      const after = cursor === undefined ? null : decodeCursor(quarantineKeySchema, cursor)
      const rows = await listQuarantine(db, { tenantId, deviceId, limit: limit + 1, after })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map((row) => ({
          deviceId: row.device_id,
          deviceName: row.device_name,
          epoch: row.epoch,
          seq: row.seq,
          kind: row.kind,
          thingId: row.thing_id,
          code: row.code,
          reason: row.reason,
          at: row.at.toISOString(),
          raw: row.raw,
        })),
        nextCursor:
          rows.length > limit && last
            ? encodeCursor([last.at_us, last.device_id, last.epoch, last.seq, last.hash])
            : null,
      }
    },
  }
}

function mostTroubledFirst(a: DeviceSync, b: DeviceSync): number {
  return (
    STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) ||
    b.backlogEntries - a.backlogEntries ||
    a.name.localeCompare(b.name) ||
    a.deviceId.localeCompare(b.deviceId)
  )
}

function totalsOf(devices: readonly DeviceSync[]): SyncStatus['totals'] {
  const totals: SyncStatus['totals'] = {
    devices: devices.length,
    byState: { online: 0, behind: 0, stale: 0, offline: 0, awaiting: 0 },
    backlogEntries: 0,
    backlogBytes: 0,
    entriesPerS: 0,
    bytesPerS: 0,
    rejects: 0,
    losses: 0,
    incidents: 0,
  }
  for (const device of devices) {
    totals.byState[device.state] += 1
    totals.backlogEntries += device.backlogEntries
    totals.backlogBytes += device.backlogBytes ?? 0
    totals.entriesPerS += device.entriesPerS ?? 0
    totals.bytesPerS += device.bytesPerS ?? 0
    totals.rejects += device.rejects
    totals.losses += device.losses
    totals.incidents += device.incidents
  }
  return totals
}
