// Milliseconds in, the seconds that a report names out.

export interface Spread {
  median: number
  max: number
}

/** @param allMs in any order; at least one */
export function spreadOf(allMs: readonly number[]): Spread {
  const ordered = allMs.toSorted((a, b) => a - b)
  const seconds = (ms: number | undefined): number => Math.round((ms ?? 0) / 10) / 100
  return { median: seconds(ordered[Math.floor(ordered.length / 2)]), max: seconds(ordered.at(-1)) }
}
