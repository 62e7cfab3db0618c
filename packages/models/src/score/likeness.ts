// How near a query is to each class that a crop may resemble: what a classifier saw becomes comparable with words
// through the text space (Norouzi et al., "Zero-shot learning by convex combination of semantic embeddings", ICLR 2014).
import type { Resemblance } from '@sam3-fleet/shared/domain/sighting'
import { dot } from '@sam3-fleet/shared/vector/vector'
import type { TextEncoder } from '../text/text-encoder.ts'

/** Deviations above the mean of all classes up to which nearness is accident: one class in six lies above. */
const ACCIDENT_BELOW = 1

/** Of one query. @returns 0 where nothing that is resembled has to do with it; about 5 for the very thing */
export type Likeness = (resembles: readonly Resemblance[]) => number

export interface LikenessMaker {
  /** Waits, the first time, until all classes are encoded: some seconds on a small device. */
  of(query: string): Promise<Likeness>
}

export function createLikenessMaker(encoder: TextEncoder, classes: readonly string[]): LikenessMaker {
  let vectors: Promise<Float32Array[]> | null = null

  /** Shared by all queries; a failure is tried again by the next. */
  function classVectors(): Promise<Float32Array[]> {
    vectors ??= encoder.encode(classes.map(pictured))
    vectors.catch(() => {
      vectors = null
    })
    return vectors
  }

  return {
    async of(query) {
      if (classes.length < 2) return () => 0
      const all = await classVectors()
      const [asked] = await encoder.encode([pictured(query)])
      const cosines = all.map((vector) => (asked ? dot(asked, vector) : 0))
      const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length
      const variance = cosines.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cosines.length
      const deviation = Math.sqrt(variance) || 1
      const near = new Map(
        classes.map((name, at) => [
          name,
          Math.max(0, ((cosines[at] as number) - mean) / deviation - ACCIDENT_BELOW),
        ]),
      )
      return (resembles) => resembles.reduce((sum, { name, share }) => sum + share * (near.get(name) ?? 0), 0)
    },
  }
}

/** As pictures are spoken of: the template that serves labels best, too. */
function pictured(name: string): string {
  return `a photo of a ${name}`
}
