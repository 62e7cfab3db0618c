// Enqueues a crop that is stored already, as the picture of a sighting; one that went to make room is left out. Call
// inside a transaction.
import type { Database } from 'better-sqlite3'
import type { MediaState } from '@sam3-fleet/shared/protocol/entry'
import type { EnqueueEntry } from './outbox.ts'

export type AnnounceCrop = (sha256: string, sightingId: string) => void

export function createCropAnnouncer(db: Database, enqueue: EnqueueEntry): AnnounceCrop {
  const select = db.prepare<[string], { width: number; height: number; bytes: number }>(
    'SELECT width, height, length(content) AS bytes FROM media WHERE sha256 = ?',
  )
  return (sha256, sightingId) => {
    const crop = select.get(sha256)
    if (!crop) return
    const state: MediaState = { sha256, contentType: 'image/webp', ...crop, sightingId }
    enqueue({ kind: 'media', id: sha256, version: 1, state, payloadBytes: crop.bytes })
  }
}
