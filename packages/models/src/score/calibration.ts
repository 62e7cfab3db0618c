// A query's vector and the background's vectors in, a scale for this one query out: how far above accident is
// a similarity? A fixed cut cannot work, because what is near moves from query to query and space to space.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { dot } from '@sam3-fleet/shared/vector/vector'

/** Of the query's cosine to the background captions. */
export interface Calibration {
  mean: number
  deviation: number
}

/** Fewer samples give a deviation that is itself accident. */
const MIN_BACKGROUND = 16
/** Keeps a space in which all captions are alike from blowing up small differences. */
const MIN_DEVIATION = 0.02

/** @throws FleetError INVALID_INPUT when the background has fewer than 16 vectors. */
export function calibrate(query: Float32Array, background: readonly Float32Array[]): Calibration {
  if (background.length < MIN_BACKGROUND) {
    throw new FleetError('INVALID_INPUT', `${background.length} background vectors are too few`, {
      hint: `Encode at least ${MIN_BACKGROUND} background captions for this embedding space.`,
    })
  }
  const cosines = background.map((vector) => dot(query, vector))
  const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length
  const variance = cosines.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (cosines.length - 1)
  return { mean, deviation: Math.max(MIN_DEVIATION, Math.sqrt(variance)) }
}

/** Deviations above the background's mean. */
export function zScoreOf(cosine: number, { mean, deviation }: Calibration): number {
  return (cosine - mean) / deviation
}
