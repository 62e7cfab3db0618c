// Frees room: crops that the centre keeps on a safe disk, oldest first. Their sightings stay and are still found.
import type { Database } from 'better-sqlite3'

/** Crops of one transaction: about 8 MB, short enough that the stages do not wait for it. */
const CHUNK = 500

/**
 * Deletes some crops whose entry is acked power_safe (or purged after that); returns their bytes, 0 when none is left.
 * A crop that is still on its way, or held because the centre is not safe from a power cut, is never among them.
 */
export function createCropEviction(db: Database): () => number {
  const oldest = db.prepare<[number], { sha256: string; bytes: number }>(
    `SELECT sha256, length(content) AS bytes FROM media
     WHERE sha256 NOT IN (SELECT id FROM outbox WHERE kind = 'media' AND acked < 2)
     ORDER BY rowid LIMIT ?`,
  )
  const remove = db.prepare('DELETE FROM media WHERE sha256 = ?')
  return db.transaction((): number => {
    const crops = oldest.all(CHUNK)
    for (const { sha256 } of crops) remove.run(sha256)
    return crops.reduce((sum, { bytes }) => sum + bytes, 0)
  })
}
