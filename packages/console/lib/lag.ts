// How long the centre's copy trails a device, as text; a device that cannot speak may have seen more than it told.
import type { DeviceState } from '@sam3-fleet/shared/fleet/device-view'
import { UNKNOWN } from './quantity.ts'
import { formatAge } from './time.ts'

export interface Lagging {
  lagMs: number | null
  state: DeviceState
}

/** A dash where nothing is known: "0 s" of an offline device would say that nothing is missing. */
export function formatLag({ lagMs, state }: Lagging): string {
  const isSilent = state === 'offline' || state === 'awaiting'
  return lagMs === null || (lagMs === 0 && isSilent) ? UNKNOWN : formatAge(lagMs)
}
