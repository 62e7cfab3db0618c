// Chance that can be drawn again: a drill that failed is repeated with the seed that it printed.
import type { Random } from '@sam3-fleet/shared/time/random'

/** Numerical Recipes' linear congruential generator (Press et al., 2nd ed., 7.1); good enough to scatter kills. */
const FACTOR = 1_664_525
const STEP = 1_013_904_223
const RANGE = 2 ** 32

export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, FACTOR) + STEP) >>> 0
    return state / RANGE
  }
}
