// A question as the search works with it: what was understood, and per embedding space a vector and a judge.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { Band } from '@sam3-fleet/shared/search/band'
import type { Preference, Tier } from '../store/nearest-query.ts'

export interface Judged {
  /** Deviations above background; comparable between spaces. */
  rankScore: number
  /** Null: not an answer. */
  band: Band | null
}

export interface JudgedCandidate {
  /** Cosine of the question's vector and the candidate's. */
  similarity: number
  label: string
  attributes: SightingAttributes
  /** Of its exemplar detection. */
  confidence: number
}

export interface SpaceQuestion {
  spaceId: string
  vector: Float32Array
  preference: Preference
  floors: Record<Tier, number>
  judge(candidate: JudgedCandidate): Judged
}

export interface Question {
  interpretation: Interpretation | null
  /** Words to look for as they are written; null when the question is not in words. */
  words: string | null
  spaces: readonly SpaceQuestion[]
  /** What was pointed at is not an answer to "similar to this". */
  except: { deviceId: string; sightingId: string } | null
}
