// Entries and bytes per second of each device over the last seconds, from the counters in its statuses.
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Milliseconds that a rate looks back: five statuses, so that one late status does not make it jump. */
const WINDOW_MS = 10_000
/** Devices watched at once; beyond the fleet size that one centre is meant for. */
const DEVICES_MAX = 20_000

interface Sample {
  atMs: number
  entries: number
  bytes: number
}

export interface TransferRate {
  entriesPerS: number
  bytesPerS: number
}

export interface TransferRates {
  onStatus(deviceId: string, status: DeviceStatus): void
  /** Null until two statuses came within the window. */
  rateOf(deviceId: string): TransferRate | null
}

export function createTransferRates(clock: Clock): TransferRates {
  const samples = new Map<string, Sample[]>()

  return {
    onStatus(deviceId, { sync }) {
      const sample = { atMs: clock.monotonicMs(), entries: sync.sentEntries, bytes: sync.sentBytes }
      const earlier = (samples.get(deviceId) ?? []).filter(
        // Counters that went back belong to an earlier run of the agent.
        (s) => sample.atMs - s.atMs <= WINDOW_MS && s.entries <= sample.entries && s.bytes <= sample.bytes,
      )
      samples.delete(deviceId)
      samples.set(deviceId, [...earlier, sample])
      const oldest = samples.keys().next().value
      if (samples.size > DEVICES_MAX && oldest !== undefined) samples.delete(oldest)
    },
    rateOf(deviceId) {
      const recent = (samples.get(deviceId) ?? []).filter((s) => clock.monotonicMs() - s.atMs <= WINDOW_MS)
      const [first, last] = [recent[0], recent.at(-1)]
      if (!first || !last || last.atMs === first.atMs) return null
      const seconds = (last.atMs - first.atMs) / 1000
      return {
        entriesPerS: (last.entries - first.entries) / seconds,
        bytesPerS: (last.bytes - first.bytes) / seconds,
      }
    },
  }
}
