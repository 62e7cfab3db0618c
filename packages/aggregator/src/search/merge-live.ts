// Devices' own answers beside the centre's copy: each sighting once, the greatest version wins.
import type { Queryable } from '../database/database.ts'
import type { LiveAnswer } from '../live/live-search.ts'
import { getSightings, sightingKey } from '../store/get-sightings.ts'
import type { Question } from './question.ts'
import type { Ranked } from './ranked.ts'

/** Rank of an answer that no judge knows: where "likely" begins (deviations above background). */
const UNJUDGED_RANK = 2

export interface MergedLive {
  extras: Ranked[]
  /** Sightings whose older version in the centre must not appear beside them. */
  replaced: Set<string>
}

export async function mergeLive(
  db: Queryable,
  tenantId: string,
  question: Question | null,
  answers: readonly LiveAnswer[],
): Promise<MergedLive> {
  const found = answers.flatMap((answer) => answer.found)
  const known = await getSightings(
    db,
    tenantId,
    found.map(({ stored }) => ({ deviceId: stored.deviceId, sightingId: stored.record.id })),
  )
  const newer = found.filter(({ stored }) => {
    const copy = known.get(sightingKey(stored.deviceId, stored.record.id))
    return !copy || copy.record.version < stored.record.version
  })
  return {
    replaced: new Set(newer.map(({ stored }) => sightingKey(stored.deviceId, stored.record.id))),
    extras: newer.flatMap((one) => ranked(question, one)),
  }
}

function ranked(question: Question | null, { stored, similarity }: LiveAnswer['found'][number]): Ranked[] {
  const { record, deviceId } = stored
  const place = { deviceId, sightingId: record.id, firstSeenMs: record.firstSeenMs, similarity, stored }
  if (question === null) return [{ ...place, rank: record.lastSeenMs, similarity: null, band: null }]
  const space = question.spaces.find(({ spaceId }) => spaceId === record.spaceId)
  if (!space || similarity === null) return [{ ...place, rank: UNJUDGED_RANK, band: 'likely' }]
  const { rankScore, band } = space.judge({
    similarity,
    label: record.label,
    attributes: record.attributes,
    confidence: record.confidence,
  })
  return band === null ? [] : [{ ...place, rank: rankScore, band }]
}
