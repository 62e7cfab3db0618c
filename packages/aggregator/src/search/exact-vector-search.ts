// The nearest sightings by scanning every distinct vector of the space: no index to fall out of use or to pay for
// on every write. Equal descriptions share a vector, so the scan is far shorter than the table.
import type { Queryable } from '../database/database.ts'
import { nearestSightings } from '../store/nearest-sightings.ts'
import type { VectorSearch } from './vector-search.ts'

export function createExactVectorSearch(db: Queryable): VectorSearch {
  return { nearest: (query) => nearestSightings(db, query) }
}
