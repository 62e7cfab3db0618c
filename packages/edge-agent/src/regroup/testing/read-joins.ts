// What a device, and a centre that follows it, know of sightings; in forms that can be compared.
import type { Database } from 'better-sqlite3'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { nodeBinaryTools, sha256Hex } from '@sam3-fleet/shared/node/binary'
import { decodeBatch, encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { entryHashText, entryStateSchemas } from '@sam3-fleet/shared/protocol/entry'
import type { Outbox } from '../../store/outbox.ts'
import { SIGHTING_COLUMNS, sightingFromRow, type SightingRow } from '../../store/sighting-row.ts'
import { TEST_DEVICE } from '../../store/testing/test-store.ts'

export interface DeviceJoins {
  /** In the order of their ids. */
  sightings: Sighting[]
  /** Track ids of each sighting. */
  tracksOf: Map<string, number[]>
  detectionsOf: Map<string, number>
  /** `video track` of every detection, by its id. */
  trackOfDetection: Map<number, string>
}

export function readJoins(db: Database): DeviceJoins {
  const sightings = db
    .prepare<[], SightingRow>(
      `SELECT ${SIGHTING_COLUMNS.join(', ')} FROM sightings WHERE deleted_at_ms IS NULL ORDER BY id`,
    )
    .all()
    .map(sightingFromRow)
  const detections = db
    .prepare<[], { id: number; videoId: string; sightingId: string; trackId: number }>(
      `SELECT detection_id AS id, video_id AS videoId, sighting_id AS sightingId, track_id AS trackId FROM detections
       ORDER BY detection_id`,
    )
    .all()
  const bySighting = Map.groupBy(detections, ({ sightingId }) => sightingId)
  return {
    sightings,
    tracksOf: new Map(
      [...bySighting].map(([id, own]) => [
        id,
        [...new Set(own.map(({ trackId }) => trackId))].toSorted((a, b) => a - b),
      ]),
    ),
    detectionsOf: new Map([...bySighting].map(([id, own]) => [id, own.length])),
    trackOfDetection: new Map(detections.map(({ id, videoId, trackId }) => [id, `${videoId} ${trackId}`])),
  }
}

/** Which tracks belong together, whatever the sightings are called. */
export function partitionOf({ tracksOf }: DeviceJoins): string[] {
  return [...tracksOf.values()].map((tracks) => tracks.join(' ')).toSorted()
}

/**
 * What a centre knows that got all entries through the wire's codec: of each thing the greatest version, and nothing
 * that was deleted. In the order of ids.
 */
export function followedByCentre(outbox: Pick<Outbox, 'read' | 'position'>): Sighting[] {
  const known = new Map<string, Sighting>()
  const deleted = new Set<string>()
  const envelope = {
    v: 1,
    deviceId: TEST_DEVICE,
    epoch: outbox.position().epoch,
    lease: 1,
    batchId: BATCH_ID,
  }
  for (let afterSeq = 0; ;) {
    const batch = outbox.read({
      lane: 'things',
      afterSeq,
      maxBytes: 200_000,
      maxEntries: 50,
      vectorsUnderWay: new Set(),
    })
    const last = batch?.entries.at(-1)
    if (!batch || !last) break
    afterSeq = last.seq
    const { entries } = decodeBatch(encodeBatch(envelope, batch, nodeBinaryTools), nodeBinaryTools).batch
    for (const entry of entries) {
      if (sha256Hex(entryHashText(entry)) !== entry.hash) throw new Error(`entry ${entry.seq} is damaged`)
      const state: unknown = JSON.parse(entry.state)
      if (entry.kind === 'tombstone') {
        const gone = entryStateSchemas.tombstone.parse(state)
        if (gone.what === 'deleted') deleted.add(gone.id)
      } else if (entry.kind === 'sighting') {
        const sighting = entryStateSchemas.sighting.parse(state)
        if ((known.get(sighting.id)?.version ?? 0) < sighting.version) known.set(sighting.id, sighting)
      }
    }
  }
  return [...known.values()].filter(({ id }) => !deleted.has(id)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

const BATCH_ID = '01a20a43-68c2-4747-8d09-5a01d0e2bf15'
