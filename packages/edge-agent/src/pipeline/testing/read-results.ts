// All that a run left of one recording, in a form in which two runs can be compared: ids that are drawn at random are
// named in the order in which they came.
import type { Database } from 'better-sqlite3'

export interface RunResults {
  /** Every column of every detection, and of every sighting. */
  detections: Record<string, unknown>[]
  sightings: Record<string, unknown>[]
  tracks: Record<string, unknown>[]
  /** What the centre is told: every version of every sighting, and every crop, once and in order. */
  entries: { kind: string; id: string; version: number; state: string }[]
  finished: unknown
  /** Parts of a checkpoint that nobody needs any more. */
  leftovers: unknown
}

export function readResults(db: Database, videoId: string): RunResults {
  const rows = (sql: string, ...given: string[]): Record<string, unknown>[] =>
    db.prepare<string[], Record<string, unknown>>(sql).all(...given)
  const video = rows('SELECT source_id, finished FROM videos WHERE id = ?', videoId)[0]
  const entries = rows(
    "SELECT kind, id, version, state FROM outbox WHERE kind IN ('sighting', 'media') ORDER BY seq",
  ).filter(({ kind, state }) => kind === 'media' || String(state).includes(videoId))
  const names = new Map([
    [String(rows('SELECT epoch FROM outbox_state')[0]?.['epoch']), 'epoch'],
    [videoId, 'video'],
    [String(video?.['source_id']), 'source'],
  ])
  for (const { kind, id } of entries)
    if (kind === 'sighting' && !names.has(String(id))) names.set(String(id), `sighting ${names.size - 2}`)
  const named = <T>(value: T): T =>
    JSON.parse([...names].reduce((text, [id, name]) => text.replaceAll(id, name), JSON.stringify(value))) as T

  return {
    detections: named(rows('SELECT * FROM detections WHERE video_id = ? ORDER BY detection_id', videoId)),
    sightings: named(rows('SELECT * FROM sightings WHERE video_id = ? ORDER BY outbox_seq', videoId)),
    tracks: named(rows('SELECT * FROM tracks WHERE video_id = ? ORDER BY track_id', videoId)),
    entries: named(entries as unknown as RunResults['entries']),
    finished: video?.['finished'],
    leftovers: rows('SELECT part FROM checkpoints WHERE video_id = ?', videoId),
  }
}
