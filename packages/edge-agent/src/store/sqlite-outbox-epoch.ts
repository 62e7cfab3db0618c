// A new epoch: numbering starts at 1 again and the newest version of every thing is enqueued once more (A1, A2, A8).
import type { Database } from 'better-sqlite3'
import { createCropAnnouncer } from './announce-crop.ts'
import type { EnqueueEntry } from './outbox.ts'
import { sightingDeletion } from './sighting-deletion.ts'
import { SIGHTING_COLUMNS, sightingFromRow, type SightingRow } from './sighting-row.ts'
import { sourceRecordFromRow, type SourceRow } from './sqlite-source-store.ts'

/**
 * Added to every version when an epoch is minted. A device whose disk went back in time holds older versions than
 * the centre; the step lets what it knows now win without knowing how far the lost life had counted.
 */
export const EPOCH_VERSION_STEP = 1_000_000

export interface EpochOptions {
  deviceId: string
  enqueue: EnqueueEntry
  newEpoch: () => string
  /** URI without credentials, as it may leave the device. */
  redactUri: (uri: string) => string
}

export function createEpochMinter(db: Database, options: EpochOptions): () => void {
  const openEpoch = db.prepare(
    `UPDATE outbox_state SET epoch = ?, next_seq = 1, purged_to = 0, ack_incarnation = NULL, ack_hwm = 0, ack_hash = NULL,
     ack_durability = NULL`,
  )
  const forget = db.prepare('DELETE FROM outbox')
  const vectorsUnknown = db.prepare('UPDATE vectors SET at_centre = NULL')
  const mediaUnknown = db.prepare('UPDATE media SET at_centre = NULL')
  const raiseSources = db.prepare('UPDATE sources SET version = version + ?')
  const raiseSightings = db.prepare('UPDATE sightings SET version = version + ?')
  const sources = db.prepare<[], SourceRow>(
    'SELECT * FROM sources WHERE deleted_at_ms IS NULL ORDER BY created_at_ms',
  )
  const sightings = db.prepare<[], SightingRow>(
    `SELECT ${SIGHTING_COLUMNS.join(', ')} FROM sightings WHERE deleted_at_ms IS NULL ORDER BY outbox_seq`,
  )
  const deleted = db.prepare<[], { id: string; atMs: number }>(
    'SELECT id, deleted_at_ms AS atMs FROM sightings WHERE deleted_at_ms IS NOT NULL ORDER BY deleted_at_ms, id',
  )
  const setSeq = db.prepare('UPDATE sightings SET outbox_seq = ? WHERE id = ?')
  const announceCrop = createCropAnnouncer(db, options.enqueue)

  const enqueueSighting = (row: SightingRow): void => {
    const sighting = sightingFromRow(row)
    if (sighting.mediaSha256 !== null) announceCrop(sighting.mediaSha256, sighting.id)
    setSeq.run(
      options.enqueue({
        kind: 'sighting',
        id: sighting.id,
        version: sighting.version,
        state: sighting,
        payloadBytes: 0,
      }),
      sighting.id,
    )
  }

  return db.transaction((): void => {
    forget.run()
    openEpoch.run(options.newEpoch())
    vectorsUnknown.run()
    mediaUnknown.run()
    raiseSources.run(EPOCH_VERSION_STEP)
    raiseSightings.run(EPOCH_VERSION_STEP)
    for (const row of sources.all()) {
      const record = sourceRecordFromRow(row, options.redactUri)
      options.enqueue({ kind: 'source', id: row.id, version: row.version, state: record, payloadBytes: 0 })
    }
    // All rows at once: better-sqlite3 does not write while it iterates.
    for (const row of sightings.all()) enqueueSighting(row)
    // The centre may have them from before, and what said that they are gone is gone too. Any UUID names an entry.
    for (const gone of deleted.all())
      options.enqueue(sightingDeletion({ ...gone, entryId: options.newEpoch() }))
  })
}
