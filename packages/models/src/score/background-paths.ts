// The movements that background captions go through: one track for each thing a track can say, and for none.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { TimedBox } from '../describe/measured-sighting.ts'

const DURATION_MS = 4000
const at = (x: number, size = 0.1): Bbox => [x, 0.4, size, size * 2]
const track = (from: Bbox, to: Bbox): TimedBox[] => [
  { atMs: 0, bbox: from },
  { atMs: DURATION_MS, bbox: to },
]

export const BACKGROUND_PATHS: readonly (readonly TimedBox[])[] = [
  track(at(0.1), at(0.1)),
  track(at(0.7), at(0.4)),
  [{ atMs: 0, bbox: at(0.8) }],
  track(at(0.2), at(0.5)),
  track(at(0.45, 0.06), at(0.42, 0.14)),
  [{ atMs: 0, bbox: at(0.45) }],
  track(at(0.42, 0.14), at(0.45, 0.06)),
  track(at(0.05), at(0.85)),
  track(at(0.45), at(0.45)),
  [{ atMs: 0, bbox: at(0.1) }],
  track(at(0.85), at(0.05)),
]
