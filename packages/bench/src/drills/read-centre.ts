// What the centre has of the drilled device, read from its database after it was stopped, and what is wrong there.
import { openDatabase } from '@sam3-fleet/aggregator/database/open-database'
import { DRILL_DEVICE } from './fleet-of-one.ts'
import { nullable, sorted, type DrillSighting } from './read-device.ts'

export interface CentreSide {
  sightings: DrillSighting[]
  /** `id version` of every source. */
  sources: string[]
  crops: Set<string>
  /** `space hash` of every vector. */
  vectors: Set<string>
  epochs: { epoch: string; hwm: number; receipts: number; firstSeq: number; lastSeq: number }[]
  faults: string[]
}

const SIGHTINGS = `
  SELECT id::text AS id, version::int AS version, seq::int AS seq, state, source_id::text AS "sourceId",
    source_name AS "sourceName", video_id::text AS "videoId", label, text_prompt AS "textPrompt", description,
    attributes::text AS attributes, confidence::text AS confidence, array_to_string(bbox, ' ') AS bbox,
    frame_idx::int AS "frameIdx", detection_id::int AS "detectionId", count::int AS count,
    track_count AS "trackCount", first_seen::text AS "firstSeenMs", last_seen::text AS "lastSeenMs",
    time_origin AS "timeOrigin", space_id AS "spaceId", encode(vector_hash, 'hex') AS "vectorHash",
    encode(media_sha256, 'hex') AS media
  FROM sightings WHERE device_id = $1 AND deleted_at IS NULL ORDER BY id`
const EPOCHS = `
  SELECT e.epoch::text AS epoch, e.hwm::int AS hwm, count(r.seq)::int AS receipts,
    coalesce(min(r.seq), 0)::int AS "firstSeq", coalesce(max(r.seq), 0)::int AS "lastSeq"
  FROM epochs e LEFT JOIN receipts r USING (tenant_id, device_id, epoch)
  WHERE device_id = $1 GROUP BY e.epoch, e.hwm`
/** Each of these must find nothing. */
const MUST_BE_NONE: Readonly<Record<string, string>> = {
  'sightings kept twice':
    'SELECT 1 FROM sightings WHERE device_id = $1 GROUP BY device_id, id HAVING count(*) > 1',
  'entries in quarantine': 'SELECT 1 FROM quarantine WHERE device_id = $1',
  incidents: 'SELECT 1 FROM incidents WHERE device_id = $1',
  losses: 'SELECT 1 FROM losses WHERE device_id = $1',
  'receipts of refused entries': 'SELECT 1 FROM receipts WHERE device_id = $1 AND outcome = 2',
}

/** The centre must be stopped: an embedded database has one owner. */
export async function readCentre(database: { url: string | null; dir: string | null }): Promise<CentreSide> {
  await using db = await openDatabase({ ...database, onConnectionLost: () => undefined })
  const about = [DRILL_DEVICE]
  const lines = async (sql: string, values: string[] = []): Promise<string[]> =>
    (await db.query<{ line: string }>(sql, values)).map((row) => row.line)
  const faults: string[] = []
  for (const [what, sql] of Object.entries(MUST_BE_NONE)) {
    const found = await db.query(sql, about)
    if (found.length > 0) faults.push(`centre: ${found.length} ${what}`)
  }
  return {
    sightings: (await db.query<Record<string, unknown>>(SIGHTINGS, about)).map(sighting),
    sources: await lines(
      "SELECT id::text || ' ' || version AS line FROM sources WHERE device_id = $1 AND deleted_at IS NULL ORDER BY id",
      about,
    ),
    crops: new Set(await lines("SELECT encode(sha256, 'hex') AS line FROM media")),
    vectors: new Set(
      await lines("SELECT space_id || ' ' || encode(vector_hash, 'hex') AS line FROM vectors"),
    ),
    epochs: await db.query<CentreSide['epochs'][number]>(EPOCHS, about),
    faults,
  }
}

function sighting(row: Record<string, unknown>): DrillSighting {
  return {
    ...row,
    id: String(row['id']),
    attributes: sorted(JSON.parse(String(row['attributes']))),
    confidence: Math.fround(Number(row['confidence'])),
    bbox: String(row['bbox'])
      .split(' ')
      .map((side) => Math.fround(Number(side))),
    firstSeenMs: Number(row['firstSeenMs']),
    lastSeenMs: Number(row['lastSeenMs']),
    count: Number(row['count']),
    spaceId: String(row['spaceId']),
    vectorHash: String(row['vectorHash']),
    media: nullable(row['media']),
  }
}
