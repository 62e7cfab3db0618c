// Revocation without a broker, for tests of the API: what it does in the database is real, there is nobody to tell.
import pino from 'pino'
import type { Database } from '../database/database.ts'
import { createRevocation, type Revocation } from '../fleet/revocation.ts'

export function createQuietRevocation(database: Database): Revocation {
  return createRevocation({
    database,
    incarnation: '0193b8d0-0000-4000-8000-0000000000ce',
    publish: () => Promise.resolve(),
    disconnect: () => undefined,
    log: pino({ level: 'silent' }),
  })
}
