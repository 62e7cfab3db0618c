// The conditions of a search as SQL over `sightings s`: every reader of sightings applies the same ones.
import type { SearchFilters } from '@sam3-fleet/shared/search/filters'
import type { SqlParams } from './sql-params.ts'

export interface FilterScope {
  tenantId: string
  filters: SearchFilters
}

/** Conditions joined by AND; deleted sightings never match. */
export function sightingConditions({ tenantId, filters }: FilterScope, params: SqlParams): string {
  const conditions = [`s.tenant_id = ${params.add(tenantId)}`, 's.deleted_at IS NULL']
  if (filters.devices) conditions.push(`s.device_id = ANY(${params.add(filters.devices)}::text[])`)
  if (filters.sources) conditions.push(`s.source_id = ANY(${params.add(filters.sources)}::uuid[])`)
  if (filters.labels) conditions.push(`s.label = ANY(${params.add(filters.labels)}::text[])`)
  // A sighting is a stretch of time; it matches when it overlaps the asked one.
  if (filters.from) conditions.push(`s.last_seen >= ${params.add(Date.parse(filters.from))}::bigint`)
  if (filters.to) conditions.push(`s.first_seen <= ${params.add(Date.parse(filters.to))}::bigint`)
  // The column is a real: compared as a double, 0.9 would not be at least 0.9.
  if (filters.minConfidence !== undefined)
    conditions.push(`s.confidence >= ${params.add(filters.minConfidence)}::real`)
  return conditions.join(' AND ')
}
