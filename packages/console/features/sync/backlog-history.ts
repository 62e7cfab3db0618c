// Heartbeats in, the backlog of each device and of all over the last minutes out; bounded, oldest first.
import type { SyncStatus } from '@sam3-fleet/shared/fleet/sync-view'
import { MINUTE_MS } from '../../lib/time.ts'

/** What the line shows; older points are dropped. */
export const HISTORY_MINUTES = 10
/** The centre may speak faster than every second when much changes; closer points cannot be seen. */
const POINT_EVERY_MS = 500

export interface BacklogPoint {
  atMs: number
  total: number
  byDevice: ReadonlyMap<string, number>
}
export type BacklogHistory = readonly BacklogPoint[]

export const NO_HISTORY: BacklogHistory = []

/** A point closer than half a second to the one before replaces it, so that the newest is always the last. */
export function addPoint(history: BacklogHistory, status: SyncStatus, atMs: number): BacklogHistory {
  const point: BacklogPoint = {
    atMs,
    total: status.totals.backlogEntries,
    byDevice: new Map(status.devices.map(({ deviceId, backlogEntries }) => [deviceId, backlogEntries])),
  }
  const oldestMs = atMs - HISTORY_MINUTES * MINUTE_MS
  const kept = history.filter((one) => one.atMs >= oldestMs && one.atMs <= atMs)
  const beforeLast = kept.at(-2)
  const crowded = beforeLast !== undefined && atMs - beforeLast.atMs < POINT_EVERY_MS
  return [...(crowded ? kept.slice(0, -1) : kept), point]
}

/** Seconds and entries as uPlot takes them; null where a device was not in a heartbeat. */
export function seriesOf(
  history: BacklogHistory,
  deviceId: string | null,
): { timesS: number[]; entries: (number | null)[] } {
  return {
    timesS: history.map(({ atMs }) => atMs / 1000),
    entries: history.map(({ total, byDevice }) =>
      deviceId === null ? total : (byDevice.get(deviceId) ?? null),
    ),
  }
}
