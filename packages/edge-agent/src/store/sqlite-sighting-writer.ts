// Writes one full version of a sighting with its vector and crop, and enqueues what the centre must learn. Call inside
// a transaction.
import type { Database } from 'better-sqlite3'
import type { EnqueueEntry } from './outbox.ts'
import type { SightingVersion } from './pipeline-store.ts'
import { SIGHTING_COLUMNS, sightingToRow } from './sighting-row.ts'

export type WriteSighting = (version: SightingVersion) => void

export function createSightingWriter(db: Database, deviceId: string, enqueue: EnqueueEntry): WriteSighting {
  const insertVector = db.prepare(
    'INSERT OR IGNORE INTO vectors (device_id, space_id, hash, f16) VALUES (?, ?, ?, ?)',
  )
  const insertCrop = db.prepare(
    'INSERT OR IGNORE INTO media (device_id, sha256, content_type, width, height, content) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const markCrop = db.prepare('UPDATE detections SET media_sha256 = ? WHERE detection_id = ?')
  const columns = ['device_id', ...SIGHTING_COLUMNS, 'outbox_seq']
  const upsert = db.prepare(
    `INSERT INTO sightings (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
     WHERE excluded.version > sightings.version`,
  )

  return ({ sighting, vectorF16, crop }) => {
    const isNewVector =
      insertVector.run(deviceId, sighting.spaceId, sighting.vectorHash, vectorF16).changes > 0
    const payloadBytes = isNewVector ? vectorF16.byteLength : 0
    const seq = enqueue({
      kind: 'sighting',
      id: sighting.id,
      version: sighting.version,
      state: sighting,
      payloadBytes,
    })
    upsert.run({ ...sightingToRow(sighting), device_id: deviceId, outbox_seq: seq })
    if (crop) markCrop.run(crop.sha256, sighting.detectionId)
    if (
      !crop ||
      insertCrop.run(deviceId, crop.sha256, 'image/webp', crop.width, crop.height, crop.bytes).changes === 0
    )
      return
    const state = {
      sha256: crop.sha256,
      contentType: 'image/webp',
      bytes: crop.bytes.byteLength,
      width: crop.width,
      height: crop.height,
      sightingId: sighting.id,
    }
    enqueue({ kind: 'media', id: crop.sha256, version: 1, state, payloadBytes: crop.bytes.byteLength })
  }
}
