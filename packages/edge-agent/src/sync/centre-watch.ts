// Notices that the centre came back: its presence messages in, "say hello again, after so long" out. It only saves time:
// a device that hears none sends again when its batches are overdue.
import type { CentrePresence } from '@sam3-fleet/shared/protocol/centre-presence'
import type { Random } from '@sam3-fleet/shared/time/random'

/**
 * Milliseconds over which a fleet spreads its hellos when the centre comes back: a thousand devices are then one hello a
 * millisecond, and a person does not notice the wait.
 */
export const HELLO_AGAIN_SPREAD_MS = 1_000

export interface CentreWatch {
  /** From when the centre left or died until it is back; false as long as nothing is known. */
  readonly isAway: boolean
  /** The link to the broker is down: nothing is known any more. Each connection begins with a hello anyway. */
  onDisconnected(): void
  /** @param isRetained the broker kept it from before this connection: the hello of this connection came after it. */
  onPresence(presence: CentrePresence, isRetained: boolean): void
}

export interface CentreWatchOptions {
  random: Random
  onBack: (delayMs: number) => void
}

export function createCentreWatch({ random, onBack }: CentreWatchOptions): CentreWatch {
  let known: Pick<CentrePresence, 'startId' | 'connection'> | null = null
  let isAway = false
  const isKnown = ({ startId, connection }: CentrePresence): boolean =>
    known?.startId === startId && known.connection === connection

  return {
    get isAway() {
      return isAway
    },
    onDisconnected() {
      known = null
      isAway = false
    },
    onPresence(presence, isRetained) {
      if (presence.state === 'offline') {
        // A late will of an older connection says nothing about the one that is known.
        if (known === null || isKnown(presence)) isAway = true
        return
      }
      const isNew = !isKnown(presence)
      known = presence
      isAway = false
      if (isNew && !isRetained) onBack(Math.round(random() * HELLO_AGAIN_SPREAD_MS))
    },
  }
}
