// Answers a question from what this device has: nearest vectors, filters inside the search, bands as in the centre.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import type { Band } from '@sam3-fleet/shared/search/band'
import type { QueryUnderstanding } from '@sam3-fleet/models/score/query-understanding'
import type { Candidate } from '@sam3-fleet/models/score/relevance'
import type { VectorIndex } from '../index/vector-index.ts'
import type { SightingFilter, SqliteReaders } from '../store/sqlite-readers.ts'

/** Distinct vectors of the first look; doubled until enough sightings pass the filters or none is left. */
const FIRST_LOOK = 256

export interface FoundSighting {
  sighting: Sighting
  similarity: number | null
  band: Band | null
}

export interface SightingSearch {
  /** By words; best first. Things below the cut are left out. */
  find(
    q: string,
    filter: SightingFilter,
    limit: number,
  ): Promise<{ results: FoundSighting[]; interpretation: Interpretation }>
  /** By a vector of this device's space (a question that the centre has encoded); similarity only. */
  nearest(
    vector: Float32Array,
    filter: SightingFilter,
    limit: number,
  ): Promise<{ sighting: Sighting; similarity: number }[]>
}

export interface SightingSearchDeps {
  spaceId: string
  index: VectorIndex
  readers: SqliteReaders
  understanding: QueryUnderstanding
}

export function createSightingSearch({
  spaceId,
  index,
  readers,
  understanding,
}: SightingSearchDeps): SightingSearch {
  async function nearest(
    vector: Float32Array,
    filter: SightingFilter,
    limit: number,
  ): Promise<{ sighting: Sighting; similarity: number }[]> {
    for (let k = FIRST_LOOK; ; k *= 2) {
      const neighbours = await index.search(vector, k)
      const similarity = new Map(neighbours.map((neighbour) => [neighbour.hash, neighbour.similarity]))
      const sightings = readers.sightingsByVectors(spaceId, [...similarity.keys()], filter)
      if (sightings.length < limit && neighbours.length === k) continue
      return sightings
        .map((sighting) => ({ sighting, similarity: similarity.get(sighting.vectorHash) ?? 0 }))
        .sort((a, b) => b.similarity - a.similarity || b.sighting.lastSeenMs - a.sighting.lastSeenMs)
        .slice(0, limit)
    }
  }

  return {
    nearest,
    async find(q, filter, limit) {
      const { vector, interpretation, scorer } = await understanding.understand(q)
      // More than asked for: agreement of label and colour moves candidates that the cosine alone put lower.
      const candidates = await nearest(vector, filter, Math.max(limit * 4, FIRST_LOOK))
      const results = candidates
        .map(({ sighting, similarity }) => ({ sighting, ...scorer.score(toCandidate(sighting, similarity)) }))
        .filter(({ band }) => band !== null)
        .sort((a, b) => b.rankScore - a.rankScore || b.sighting.lastSeenMs - a.sighting.lastSeenMs)
        .slice(0, limit)
      return { interpretation, results }
    },
  }
}

function toCandidate(
  { label, attributes, confidence }: Sighting,
  similarity: number,
): Omit<Candidate, 'interpretation'> {
  const { colours, movement, place, companions, resembles, parts } = attributes
  return {
    similarity,
    labelOfCandidate: label,
    coloursOfCandidate: colours,
    motionOfCandidate: { movement, place },
    companionsOfCandidate: companions,
    resemblesOfCandidate: resembles,
    partsOfCandidate: parts,
    confidenceOfCandidate: confidence,
  }
}
