// Contract: the nearest sightings to a vector, exactly, with the filters inside: a rare device's matches are found
// however many nearer vectors lie elsewhere. Implementations: exact-vector-search.ts.
import type { NearestHit, NearestQuery } from '../store/nearest-query.ts'

export interface VectorSearch {
  /** In the order of NearestKey; fewer than `limit` only when there are no more. */
  nearest(query: NearestQuery): Promise<NearestHit[]>
}
