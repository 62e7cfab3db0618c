// GET /healthz: whether the centre works and on what; open, and silent about anything private.
import type { RequestHandler } from 'express'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../../database/database.ts'

/** From this version on, vacuum of an HNSW index cannot corrupt it (pgvector changelog 0.8.3). */
const PGVECTOR_FLOOR = [0, 8, 3] as const

export interface HealthDeps {
  database: Pick<Database, 'kind' | 'durability' | 'versions' | 'query'>
  clock: Clock
  version: string
  broker: () => { kind: string; version: string | null; connected: boolean }
  /** Things that other parts want to be seen here, one sentence each. */
  warnings: () => readonly string[]
}

export function healthRoute({ database, clock, version, broker, warnings }: HealthDeps): RequestHandler {
  const startedMs = clock.monotonicMs()
  return async (_request, response) => {
    const answers = await database.query('SELECT 1').then(
      () => true,
      () => false,
    )
    const link = broker()
    const found = [...pgvectorWarnings(database.versions.pgvector), ...warnings()]
    const healthy = answers && link.connected
    response.status(healthy ? 200 : 503).json({
      status: healthy ? (found.length === 0 ? 'ok' : 'warning') : 'failed',
      version,
      uptimeS: Math.round((clock.monotonicMs() - startedMs) / 1000),
      durability: database.durability,
      database: { kind: database.kind, answers, ...database.versions },
      broker: link,
      warnings: found,
    })
  }
}

export function pgvectorWarnings(version: string): string[] {
  const parts = version.split('.').map(Number)
  for (const [at, floor] of PGVECTOR_FLOOR.entries()) {
    const part = parts[at] ?? 0
    if (part > floor) return []
    if (part < floor)
      return [
        `pgvector ${version} is older than ${PGVECTOR_FLOOR.join('.')}: update it before HNSW indexes are used.`,
      ]
  }
  return []
}
