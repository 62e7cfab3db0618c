// Takes all rows out of the tables that tests of the reading half fill; faster than a new database per test.
import type { Queryable } from '../database/database.ts'

export async function emptyDatabase(db: Queryable): Promise<void> {
  await db.query(
    `TRUNCATE devices, epochs, receipts, spaces, vectors, sightings, sources, media, tombstones, losses, quarantine,
       incidents, batch_attempts, uploads`,
  )
}
