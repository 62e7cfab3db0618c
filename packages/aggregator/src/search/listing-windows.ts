// Windows of a question that is filters only: newest first, nothing to judge.
import type { Queryable } from '../database/database.ts'
import { listSightings } from '../store/list-sightings.ts'
import { WINDOW_CANDIDATES, type WindowScope } from './candidate-windows.ts'
import type { Window, WindowStart } from './page.ts'

export async function listingWindow(
  db: Queryable,
  scope: WindowScope,
  start: WindowStart | null,
): Promise<Window> {
  const place = start?.[0] ?? null
  const rows = await listSightings(db, {
    ...scope,
    limit: WINDOW_CANDIDATES,
    after: place && [place[1], place[3], place[4]],
  })
  const last = rows.at(-1)
  return {
    ranked: rows.map((row) => ({
      deviceId: row.device_id,
      sightingId: row.id,
      rank: row.last_seen,
      firstSeenMs: row.first_seen,
      similarity: null,
      band: null,
      stored: null,
    })),
    next:
      rows.length === WINDOW_CANDIDATES && last
        ? [[0, last.last_seen, last.first_seen, last.device_id, last.id]]
        : null,
  }
}
