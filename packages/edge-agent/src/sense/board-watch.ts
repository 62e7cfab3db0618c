// Keeps looking at the board and lets the governor decide; what it read last is there for metrics and people.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { EMPTY_READING, type BoardReader, type BoardReading } from './board.ts'
import { createRateGovernor, type Governed } from './rate-governor.ts'

/** Milliseconds between two looks: a chip under load warms by a degree or two in that time. */
const LOOK_INTERVAL_MS = 5_000

export interface BoardWatch {
  run(signal: AbortSignal): Promise<void>
  reading(): BoardReading
  governed(): Governed
}

export interface BoardWatchOptions {
  reader: BoardReader
  clock: Clock
  onGoverned: (governed: Governed) => void
}

export function createBoardWatch({ reader, clock, onGoverned }: BoardWatchOptions): BoardWatch {
  const governor = createRateGovernor(clock)
  let reading = EMPTY_READING
  return {
    reading: () => reading,
    governed: () => governor.state(),
    async run(signal) {
      while (!signal.aborted) {
        const before = governor.state()
        reading = await reader.read()
        const governed = governor.look(reading)
        if (governed.factor !== before.factor) onGoverned(governed)
        await clock.sleep(LOOK_INTERVAL_MS, signal).catch(() => undefined)
      }
    },
  }
}
