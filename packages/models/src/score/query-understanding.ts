// A person's query in, everything a search needs out: a vector, what was understood, and a scorer for candidates.
// Used by the device's and the centre's search alike, so that both rank and band the same way.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import { createTextPromptInterpreter } from '../prompt/text-prompt-interpreter.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import { calibrate } from './calibration.ts'
import { canonicalQueries } from './canonical-query.ts'
import { createLikenessMaker } from './likeness.ts'
import { LruCache } from './lru-cache.ts'
import type { Candidate, Relevance, Scored } from './relevance.ts'
import { createRelevance } from './relevance.ts'

/** People repeat and page through few queries; one holds about 2 KB. */
const MAX_CACHED_QUERIES = 256

export interface QueryScorer {
  /** `similarity` is the cosine of `vector` and the candidate's vector. */
  score(candidate: Omit<Candidate, 'interpretation'>): Scored
}

export interface UnderstoodQuery {
  /** Unit vector in the encoder's space, for the nearest-neighbour search. */
  vector: Float32Array
  interpretation: Interpretation
  scorer: QueryScorer
}

export interface QueryUnderstanding {
  /** Answers are cached by query text; they are shared and must not be changed. */
  understand(query: string): Promise<UnderstoodQuery>
}

/**
 * `labels` are those of the pack's detector, or of all packs in the fleet; `background` the vectors of
 * `encodeBackground` for the same encoder and labels.
 */
export function createQueryUnderstanding(deps: {
  encoder: TextEncoder
  labels: readonly string[]
  background: readonly Float32Array[]
  /** All that sightings may resemble. */
  classes?: readonly string[]
}): QueryUnderstanding {
  const { encoder, background, classes = [] } = deps
  const likenesses = createLikenessMaker(encoder, classes)
  const interpreter = createTextPromptInterpreter(deps)
  const recent = new LruCache<Promise<UnderstoodQuery>>(MAX_CACHED_QUERIES)

  async function work(query: string): Promise<UnderstoodQuery> {
    const interpretation = await interpreter.interpret(query)
    const vector = await queryVector(encoder, query, canonicalQueries(interpretation))
    const likeness = await likenesses.of(query)
    const relevance: Relevance = createRelevance({ calibration: calibrate(vector, background), likeness })
    return {
      vector,
      interpretation,
      scorer: { score: (candidate) => relevance.score({ ...candidate, interpretation }) },
    }
  }

  return {
    understand(query) {
      const key = query.trim()
      const known = recent.get(key)
      if (known) return known
      const answer = work(key)
      recent.set(key, answer)
      answer.catch(() => recent.delete(key))
      return answer
    },
  }
}

/** Half the query as said, half as descriptions would say it: rare words lean on what was understood. */
async function queryVector(
  encoder: TextEncoder,
  query: string,
  canonical: readonly string[],
): Promise<Float32Array> {
  const vectors = await encoder.encode([query, ...canonical])
  const sum = new Float32Array(encoder.space.dimension)
  for (const [which, vector] of vectors.entries()) {
    const weight = which === 0 ? 1 : 1 / canonical.length
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (vector[i] as number)
  }
  return normalise(sum, encoder.space.dimension)
}
