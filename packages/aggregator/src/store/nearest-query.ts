// What is asked of the nearest-neighbour read and what it answers with.
import type { SightingAttributes } from '@sam3-fleet/shared/domain/sighting'
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'

/**
 * How a question ranks candidates before their similarity: tier 0 has an asked label and an asked colour, tier 1
 * an asked label, tier 2 neither. What was not asked for counts as there.
 */
export interface Preference {
  labels: readonly string[]
  colours: readonly string[]
}
export type Tier = 0 | 1 | 2

/** Place of a hit in the order (tier, similarity falling, first seen falling, device, sighting). */
export type NearestKey = [tier: number, similarity: number, firstSeenMs: number, deviceId: string, id: string]

export interface NearestQuery {
  tenantId: string
  spaceId: string
  /** Unit vector of the space's dimension. */
  vector: Float32Array
  filters: SearchFilters
  preference: Preference
  /** Least similarity of each tier that is still an answer; above 1 excludes the tier. */
  floors: Record<Tier, number>
  limit: number
  /** Continue behind this hit; null starts. */
  after: NearestKey | null
}

export interface NearestHit {
  deviceId: string
  sightingId: string
  label: string
  attributes: SightingAttributes
  confidence: number
  firstSeenMs: number
  /** Cosine. */
  similarity: number
  tier: Tier
}

export function keyOf(hit: NearestHit): NearestKey {
  return [hit.tier, hit.similarity, hit.firstSeenMs, hit.deviceId, hit.sightingId]
}
