// A device's row in, its state in one word out, with the figures behind it. Pure: same row and time, same answer.
import { deviceStatusSchema, type DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { DeviceState } from '@sam3-fleet/shared/fleet/device-view'
import type { DeviceRow } from '../store/list-device-rows.ts'

/** Two missed statuses: with the watcher's interval a lost link shows within five seconds. */
export const STALE_AFTER_MS = 4_000
/** Entries are always on their way; only older ones make a device "behind". */
export const BEHIND_AFTER_MS = 10_000

export interface DeviceCondition {
  state: DeviceState
  stateDetail: string
  presence: 'online' | 'offline' | 'unknown'
  hwm: number
  maxSeq: number
  backlogEntries: number
  backlogBytes: number | null
  lagMs: number | null
  status: DeviceStatus | null
  heardAtMs: number | null
}

export function deviceCondition(row: DeviceRow, nowMs: number): DeviceCondition {
  const status = readStatus(row.last_status)
  const statusAtMs = row.last_status_at?.getTime() ?? null
  const heardAtMs = latest(row.last_hello_at, row.last_status_at, row.presence_at)
  const maxSeq = Math.max(row.max_seq_seen, row.hwm, statedMaxSeq(row, status))
  const backlogEntries = maxSeq - row.hwm
  const lagMs = lagOf(backlogEntries, status, statusAtMs, nowMs)
  const presence = row.presence === 'online' || row.presence === 'offline' ? row.presence : 'unknown'
  const silentMs = nowMs - (latest(row.last_hello_at, row.last_status_at) ?? 0)

  const figures = {
    presence,
    hwm: row.hwm,
    maxSeq,
    backlogEntries,
    backlogBytes: status ? (backlogEntries === 0 ? 0 : status.sync.backlogBytes) : null,
    lagMs,
    status,
    heardAtMs,
  } as const

  if (row.revoked_at) return { ...figures, state: 'offline', stateDetail: 'Its credentials were revoked.' }
  if (row.last_hello_at === null && statusAtMs === null)
    return { ...figures, state: 'awaiting', stateDetail: 'Enrolled, never heard of.' }
  const connected = presence === 'online' || (presence === 'unknown' && silentMs <= STALE_AFTER_MS)
  if (!connected)
    return {
      ...figures,
      state: 'offline',
      stateDetail: `Not connected; last heard of ${ago(nowMs - (heardAtMs ?? nowMs))} ago.`,
    }
  if (silentMs > STALE_AFTER_MS)
    return {
      ...figures,
      state: 'stale',
      stateDetail: `The broker holds its connection, but it is silent for ${ago(silentMs)}.`,
    }
  if (backlogEntries > 0 && (lagMs ?? 0) > BEHIND_AFTER_MS)
    return {
      ...figures,
      state: 'behind',
      stateDetail: `Connected; ${backlogEntries} entries behind, the oldest from ${ago(lagMs ?? 0)} ago.`,
    }
  return {
    ...figures,
    state: 'online',
    stateDetail:
      backlogEntries === 0
        ? 'Connected and caught up.'
        : `Connected; ${backlogEntries} entries are on their way.`,
  }
}

/**
 * Whether it may be asked live. A silent one with a connection may: a busy machine's status comes late, and one that
 * is truly gone only makes the asker wait for its deadline.
 */
export function reachable({ state }: DeviceCondition): boolean {
  return state === 'online' || state === 'behind' || state === 'stale'
}

function readStatus(stored: unknown): DeviceStatus | null {
  const parsed = deviceStatusSchema.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/** A status from before the last hello may speak of an earlier epoch; its numbers say nothing of this one. */
function statedMaxSeq(row: DeviceRow, status: DeviceStatus | null): number {
  if (!status || !row.last_status_at) return 0
  return row.last_hello_at && row.last_status_at < row.last_hello_at ? 0 : status.sync.maxSeq
}

function lagOf(
  backlogEntries: number,
  status: DeviceStatus | null,
  statusAtMs: number | null,
  nowMs: number,
): number | null {
  if (backlogEntries === 0) return 0
  if (!status || statusAtMs === null || status.sync.oldestUnackedMs === null) return null
  // Both ends by the device's own clock, then how long ago it said so by ours.
  const saidMs = status.wallMs - status.sync.oldestUnackedMs
  return Math.max(0, Math.round(saidMs + (nowMs - statusAtMs)))
}

function latest(...dates: (Date | null)[]): number | null {
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []))
  return times.length === 0 ? null : Math.max(...times)
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

function ago(ms: number): string {
  for (const [unit, unitMs] of UNITS) if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`
  return `${Math.max(0, Math.round(ms / 1000))} s`
}
