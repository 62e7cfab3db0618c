// Sightings whose label, description, prompt or source has the words of a question: the second way to be found,
// and the only one for spaces that the centre has no encoder for.
import type { Queryable } from '../database/database.ts'
import { sightingConditions, type FilterScope } from './sighting-filters.ts'
import { SqlParams } from './sql-params.ts'

export interface WordMatch {
  device_id: string
  id: string
  space_id: string
  /** Hex. */
  vector_hash: string
}

/** Newest first. Every word that is not a stop word must be there, in any order and inflection. */
export async function matchWords(
  db: Queryable,
  scope: FilterScope & { words: string; limit: number },
): Promise<WordMatch[]> {
  const params = new SqlParams()
  const conditions = sightingConditions(scope, params)
  return await db.query<WordMatch>(
    `SELECT s.device_id, s.id, s.space_id, encode(s.vector_hash, 'hex') AS vector_hash
     FROM sightings s
     WHERE ${conditions}
       AND sighting_words(s.label, s.description, s.text_prompt, s.source_name)
           @@ websearch_to_tsquery('english', ${params.add(scope.words)})
     ORDER BY s.last_seen DESC, s.device_id DESC, s.id DESC LIMIT ${params.add(scope.limit)}::int`,
    params.values,
  )
}
