// Reads a batch out of the outbox: unacked entries of one lane, with the vectors and crops that they name and that
// the centre is not known to hold. Equal vectors of a batch travel once (contracts: geometry and vectors).
import type { Database } from 'better-sqlite3'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Batch, VectorBlock } from '@sam3-fleet/shared/protocol/batch'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { OutboxLane, OutboxRead } from './outbox.ts'

interface EntryRow extends Entry {
  bytes: number
}

interface VectorRow {
  space_id: string
  hash: string
  f16: Uint8Array
}

const LANE_CONDITION: Record<OutboxLane, string> = { things: "kind <> 'media'", media: "kind = 'media'" }

export function createOutboxReader(db: Database): (request: OutboxRead) => Batch | null {
  const entriesOf = (lane: OutboxLane) =>
    db.prepare<[number, number, number], EntryRow>(
      `SELECT o.seq, o.kind, o.id, o.version, o.hash, o.state, o.bytes FROM outbox o, outbox_state s
       WHERE o.epoch = s.epoch AND o.acked = 0 AND o.seq > ? AND o.seq <= ? AND ${LANE_CONDITION[lane]}
       ORDER BY o.seq LIMIT ?`,
    )
  const selectEntries = { things: entriesOf('things'), media: entriesOf('media') }
  const selectVector = db.prepare<[string], VectorRow>(
    `SELECT v.space_id, v.hash, v.f16 FROM vectors v, outbox_state s
     WHERE v.hash = ? AND (v.at_centre IS NULL OR v.at_centre IS NOT s.ack_incarnation)`,
  )
  const selectBlob = db.prepare<[string], { content: Uint8Array }>(
    'SELECT content FROM media WHERE sha256 = ?',
  )
  const selectSpaces = db.prepare<[], { record: string }>('SELECT record FROM spaces')

  function vectorBlocks(entries: Entry[], underWay: ReadonlySet<string>): VectorBlock[] {
    const wanted = new Set(
      entries.filter((entry) => entry.kind === 'sighting').map((entry) => vectorHashOf(entry)),
    )
    const rows = [...wanted].flatMap((hash) => (underWay.has(hash) ? [] : selectVector.all(hash)))
    const spaces = selectSpaces.all().map((row) => JSON.parse(row.record) as EmbeddingSpace)
    return spaces.flatMap((space) => {
      const ofSpace = rows.filter((row) => row.space_id === space.spaceId)
      return ofSpace.length === 0
        ? []
        : [{ space, hashes: ofSpace.map((row) => row.hash), f16: join(ofSpace.map((row) => row.f16)) }]
    })
  }

  // One read transaction, so that entries, vectors and crops are of the same moment.
  return db.transaction((request: OutboxRead): Batch | null => {
    const entries: Entry[] = []
    let bytes = 0
    const upTo = request.upToSeq ?? Number.MAX_SAFE_INTEGER
    for (const { bytes: entryBytes, ...entry } of selectEntries[request.lane].iterate(
      request.afterSeq,
      upTo,
      request.maxEntries,
    )) {
      if (entries.length > 0 && bytes + entryBytes > request.maxBytes) break
      entries.push(entry)
      bytes += entryBytes
    }
    if (entries.length === 0) return null
    const blobs = entries.flatMap((entry) => {
      const blob = entry.kind === 'media' ? selectBlob.get(entry.id) : undefined
      return blob ? [{ sha256: entry.id, bytes: blob.content }] : []
    })
    return { entries, vectors: vectorBlocks(entries, request.vectorsUnderWay), blobs: distinct(blobs) }
  })
}

/** The hash that a sighting's entry names. */
export function vectorHashOf(entry: Pick<Entry, 'state'>): string {
  return (JSON.parse(entry.state) as { vectorHash: string }).vectorHash
}

function distinct(blobs: Batch['blobs']): Batch['blobs'] {
  return [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()]
}

function join(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
