// What a database says of itself: server and pgvector versions, for /healthz and for warnings.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Database, Queryable } from './database.ts'

/** @throws FleetError UNAVAILABLE when pgvector is not in this database. */
export async function readVersions(db: Pick<Queryable, 'query'>): Promise<Database['versions']> {
  const [row] = await db.query<{ server: string; pgvector: string | null }>(
    `SELECT current_setting('server_version') AS server,
       (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector`,
  )
  if (!row || row.pgvector === null)
    throw new FleetError('UNAVAILABLE', 'the database does not have pgvector', {
      hint: 'Run "CREATE EXTENSION vector" in it as its owner, or use an image that has it (pgvector/pgvector).',
    })
  return { server: row.server, pgvector: row.pgvector }
}
