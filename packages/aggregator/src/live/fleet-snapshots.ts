// The fleet as the database has it, read once for all who look at the same moment: rows, troubles, sightings.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Queryable } from '../database/database.ts'
import { countSightings } from '../store/count-sightings.ts'
import { countTroubles, type Troubles } from '../store/count-troubles.ts'
import { listDeviceRows, type DeviceRow } from '../store/list-device-rows.ts'
import { createCachedRead } from './cached-read.ts'

/** Every watcher polls within this; one read serves them all. */
const FLEET_TTL_MS = 500
/** Counting grows with the copy; a count a few seconds old is good enough beside a device's name. */
const COUNTS_TTL_MS = 5_000

export interface FleetSnapshot {
  rows: DeviceRow[]
  troubles: Map<string, Troubles>
}

export interface FleetSnapshots {
  fleet(tenantId: string): Promise<FleetSnapshot>
  sightingCounts(tenantId: string): Promise<Map<string, number>>
}

export function createFleetSnapshots(db: Queryable, clock: Clock): FleetSnapshots {
  return {
    fleet: createCachedRead(clock, FLEET_TTL_MS, async (tenantId) => {
      const [rows, troubles] = await Promise.all([
        listDeviceRows(db, { tenantId }),
        countTroubles(db, tenantId),
      ])
      return { rows, troubles }
    }),
    sightingCounts: createCachedRead(clock, COUNTS_TTL_MS, (tenantId) => countSightings(db, tenantId)),
  }
}
