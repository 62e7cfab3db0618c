// The second list of candidates: sightings that have the question's words as they are written. They are ranked by
// the same judge where their space can be asked, and held for likely where it cannot.
import type { Band } from '@sam3-fleet/shared/search/band'
import type { Queryable } from '../database/database.ts'
import { getSightings, sightingKey } from '../store/get-sightings.ts'
import { matchWords, type WordMatch } from '../store/match-words.ts'
import { similarities } from '../store/similarities.ts'
import type { WindowScope } from './candidate-windows.ts'
import type { Question } from './question.ts'
import type { Ranked } from './ranked.ts'

/** Matches that are fused in; whoever wants all of a label filters by it. */
const WORD_MATCHES_MAX = 200
/** Rank of a match that no judge knows: where the judge's "likely" begins (deviations above background). */
const UNJUDGED_RANK = 2
/** The words stand there: never less than weak, whatever the vectors say. */
const FLOOR_BAND: Band = 'weak'

export async function foundByWords(db: Queryable, scope: WindowScope, question: Question): Promise<Ranked[]> {
  if (question.words === null) return []
  const matches = await matchWords(db, { ...scope, words: question.words, limit: WORD_MATCHES_MAX })
  const [stored, cosines] = await Promise.all([
    getSightings(
      db,
      scope.tenantId,
      matches.map((match) => ({ deviceId: match.device_id, sightingId: match.id })),
    ),
    cosinesOf(db, scope.tenantId, question, matches),
  ])
  return matches.flatMap((match) => {
    const sighting = stored.get(sightingKey(match.device_id, match.id))
    if (!sighting) return []
    const { label, attributes, confidence, firstSeenMs } = sighting.record
    const similarity = cosines.get(match.vector_hash) ?? null
    const space = question.spaces.find(({ spaceId }) => spaceId === match.space_id)
    const judged =
      space && similarity !== null ? space.judge({ similarity, label, attributes, confidence }) : null
    return [
      {
        deviceId: match.device_id,
        sightingId: match.id,
        rank: judged?.rankScore ?? UNJUDGED_RANK,
        firstSeenMs,
        similarity,
        band: judged ? (judged.band ?? FLOOR_BAND) : 'likely',
        stored: sighting,
      },
    ]
  })
}

async function cosinesOf(
  db: Queryable,
  tenantId: string,
  question: Question,
  matches: readonly WordMatch[],
): Promise<Map<string, number>> {
  const parts = await Promise.all(
    question.spaces.map(({ spaceId, vector }) =>
      similarities(db, {
        tenantId,
        spaceId,
        vector,
        hashes: [...new Set(matches.filter((m) => m.space_id === spaceId).map((m) => m.vector_hash))],
      }),
    ),
  )
  return new Map(parts.flatMap((part) => [...part]))
}
