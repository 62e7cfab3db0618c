// What the device has against what the centre has, thing by thing: nothing lost, nothing twice, nothing invented.
import { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '@sam3-fleet/aggregator/database/open-database'
import { DRILL_DEVICE, type FleetOfOne } from './fleet-of-one.ts'

export interface Comparison {
  detections: number
  sightingsOnDevice: number
  sightingsInCentre: number
  countedOnDevice: number
  countedInCentre: number
  entries: number
  hwm: number
  crops: number
  faults: string[]
}

interface Thing {
  id: string
  version: number
  count: number
  description: string
  media: string | null
}

/** Both processes must be stopped. */
export async function compareSides(fleet: FleetOfOne): Promise<Comparison> {
  const device = readDevice(fleet.devicePath)
  const centre = await readCentre(fleet)
  const faults: string[] = [...device.faults]
  const check = (isTrue: boolean, fault: string): void => void (isTrue || faults.push(fault))

  check(
    device.sightings.length === centre.sightings.length,
    `${device.sightings.length} sightings on the device, ${centre.sightings.length} in the centre`,
  )
  const held = new Map(centre.sightings.map((thing) => [thing.id, thing]))
  for (const thing of device.sightings) {
    const copy = held.get(thing.id)
    check(
      JSON.stringify(copy) === JSON.stringify(thing),
      `sighting ${thing.id}: device ${JSON.stringify(thing)}, centre ${JSON.stringify(copy)}`,
    )
    check(
      thing.media === null || centre.crops.has(thing.media),
      `the crop of ${thing.id} is not in the centre`,
    )
  }
  const counted = device.sightings.reduce((sum, thing) => sum + thing.count, 0)
  check(counted === device.detections, `sightings count ${counted} detections, ${device.detections} are kept`)
  check(centre.hwm === device.maxSeq, `the mark is ${centre.hwm}, the device issued ${device.maxSeq}`)
  check(centre.receipts === device.maxSeq, `${centre.receipts} receipts for ${device.maxSeq} entries`)
  for (const [what, count] of Object.entries(centre.troubles)) check(count === 0, `${count} in ${what}`)
  return {
    detections: device.detections,
    sightingsOnDevice: device.sightings.length,
    sightingsInCentre: centre.sightings.length,
    countedOnDevice: counted,
    countedInCentre: centre.sightings.reduce((sum, thing) => sum + thing.count, 0),
    entries: device.maxSeq,
    hwm: centre.hwm,
    crops: centre.crops.size,
    faults,
  }
}

function readDevice(path: string) {
  const db = new DatabaseSync(path, { readOnly: true })
  const one = (sql: string): number => Number((db.prepare(sql).get() as { n: number } | undefined)?.n ?? 0)
  const sightings = db
    .prepare(
      'SELECT id, version, count, description, media_sha256 AS media FROM sightings WHERE deleted_at_ms IS NULL ORDER BY id',
    )
    .all()
    .map((row) => ({ ...row }) as unknown as Thing)
  const faults: string[] = []
  const twice = one(
    'SELECT count(*) AS n FROM (SELECT 1 FROM detections GROUP BY video_id, frame_idx, track_id HAVING count(*) > 1)',
  )
  if (twice > 0) faults.push(`${twice} detections are kept twice`)
  const orphans = one(
    'SELECT count(*) AS n FROM detections d WHERE NOT EXISTS (SELECT 1 FROM sightings s WHERE s.id = d.sighting_id)',
  )
  if (orphans > 0) faults.push(`${orphans} detections belong to no sighting`)
  const open = one("SELECT count(*) AS n FROM sightings WHERE state = 'open'")
  if (open > 0) faults.push(`${open} sightings were never closed`)
  const unfinished = one('SELECT count(*) AS n FROM videos WHERE finished = 0')
  if (unfinished > 0) faults.push(`${unfinished} recordings were not worked through`)
  const result = {
    detections: one('SELECT count(*) AS n FROM detections'),
    maxSeq: one('SELECT next_seq - 1 AS n FROM outbox_state'),
    sightings,
    faults,
  }
  db.close()
  return result
}

async function readCentre({ centreDatabase }: FleetOfOne) {
  await using database = await openDatabase({ ...centreDatabase, onConnectionLost: () => undefined })
  const one = async (sql: string): Promise<number> =>
    Number((await database.query<{ n: number }>(sql, [DRILL_DEVICE]))[0]?.n ?? 0)
  const rows = await database.query<Thing>(
    `SELECT id::text AS id, version, count, description, encode(media_sha256, 'hex') AS media FROM sightings
     WHERE device_id = $1 AND deleted_at IS NULL ORDER BY id`,
    [DRILL_DEVICE],
  )
  const crops = await database.query<{ hash: string }>("SELECT encode(sha256, 'hex') AS hash FROM media")
  return {
    sightings: rows.map((row) => ({ ...row, version: Number(row.version), count: Number(row.count) })),
    crops: new Set(crops.map((crop) => crop.hash)),
    hwm: await one('SELECT max(hwm) AS n FROM epochs WHERE device_id = $1'),
    receipts: await one('SELECT count(*) AS n FROM receipts WHERE device_id = $1'),
    troubles: {
      quarantine: await one('SELECT count(*) AS n FROM quarantine WHERE device_id = $1'),
      incidents: await one('SELECT count(*) AS n FROM incidents WHERE device_id = $1'),
      losses: await one('SELECT count(*) AS n FROM losses WHERE device_id = $1'),
      'epochs beyond the first': (await one('SELECT count(*) AS n FROM epochs WHERE device_id = $1')) - 1,
    },
  }
}
