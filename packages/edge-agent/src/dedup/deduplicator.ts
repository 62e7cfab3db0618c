// Contract: which sighting a new track belongs to: one that rests since its track ended, or a new one.
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'
import type { TimedBox } from '@sam3-fleet/models/describe/measured-sighting'

/** What dedup looks at. Detections keep track and sighting, so every join can be taken back. */
export interface RestingSighting {
  sightingId: string
  label: string
  colours: readonly ColourShare[]
  /** Sampled, in order; the last is where it was last seen. */
  path: readonly TimedBox[]
}

export interface TrackStart {
  label: string
  colours: readonly ColourShare[]
  box: TimedBox
}

export interface Deduplicator {
  /** The resting sighting that this track goes on with, or null. */
  findHome(start: TrackStart, resting: readonly RestingSighting[]): string | null
  /** Whether a sighting that rests since `lastSeenMs` can still be joined at `nowMs`. */
  isOver(sighting: RestingSighting, nowMs: number): boolean
  /** The same judgement, reaching `radius` times as far in time and place: 1 as this one was made, 0 joins nothing. */
  withRadius(radius: number): Deduplicator
}
