// Chance as a dependency: whoever draws receives a Random, so that a test can draw the same again.

/** A number from 0 up to, not including, 1. Not for secrets. */
export type Random = () => number

export const systemRandom: Random = Math.random
