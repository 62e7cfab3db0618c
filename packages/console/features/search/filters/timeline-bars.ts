// Buckets of time in, bars in shares of the whole out.
import type { TimelineOutput } from '@sam3-fleet/shared/search/objects-summary'

/** A single sighting beside thousands must still be seen. */
const HEIGHT_MIN = 0.08

export interface TimelineBars {
  fromMs: number
  toMs: number
  total: number
  bars: {
    fromMs: number
    toMs: number
    sightings: number
    /** Shares of width and height, 0..1. */
    start: number
    width: number
    height: number
  }[]
}

/** Null when there is nothing to draw. */
export function barsOf({ from, to, bucketMs, buckets }: TimelineOutput): TimelineBars | null {
  if (from === null || to === null || buckets.length === 0) return null
  const fromMs = Date.parse(from)
  const toMs = Math.max(Date.parse(to), fromMs + bucketMs)
  const highest = Math.max(...buckets.map(({ sightings }) => sightings))
  const share = (ms: number): number => Math.min(1, Math.max(0, ms / (toMs - fromMs)))
  return {
    fromMs,
    toMs,
    total: buckets.reduce((sum, { sightings }) => sum + sightings, 0),
    bars: buckets.map(({ from: at, sightings }) => {
      const startMs = Date.parse(at)
      const start = share(startMs - fromMs)
      return {
        fromMs: startMs,
        toMs: startMs + bucketMs,
        sightings,
        start,
        width: share(startMs + bucketMs - fromMs) - start,
        height: Math.max(HEIGHT_MIN, sightings / highest),
      }
    }),
  }
}
