// One candidate of an answer in its place: the order that pages, streams and devices' own answers share.
import type { Band } from '@sam3-fleet/shared/search/band'
import type { StoredSighting } from '../store/sighting-columns.ts'

export interface Ranked {
  deviceId: string
  sightingId: string
  /** Deviations above background; the time last seen where nothing but filters was asked. */
  rank: number
  firstSeenMs: number
  similarity: number | null
  band: Band | null
  /** Present when it came with the full record, as a device's own answer does. */
  stored: StoredSighting | null
}

/** Rank falling, then newest first, then by id: total, so that a cursor has exactly one place. */
export type RankKey = [rank: number, firstSeenMs: number, deviceId: string, sightingId: string]

export function rankKeyOf(ranked: Ranked): RankKey {
  return [ranked.rank, ranked.firstSeenMs, ranked.deviceId, ranked.sightingId]
}

export function compareRank(a: RankKey, b: RankKey): number {
  return b[0] - a[0] || b[1] - a[1] || compareText(a[2], b[2]) || compareText(a[3], b[3])
}

export function inOrder(ranked: readonly Ranked[]): Ranked[] {
  return ranked.toSorted((a, b) => compareRank(rankKeyOf(a), rankKeyOf(b)))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
