// What a device found in each file, from its SQLite file: every sighting with all boxes that it stands for.
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { ShownThing } from './judge-result.ts'

const ROWS = `
  SELECT d.sighting_id AS sightingId, f.name AS file, s.label, s.description, d.frame_idx AS frameIdx,
    d.x * v.width AS x, d.y * v.height AS y, d.w * v.width AS w, d.h * v.height AS h
  FROM detections d JOIN sightings s ON s.id = d.sighting_id JOIN videos v ON v.id = d.video_id
  JOIN sources f ON f.id = v.source_id
  WHERE s.deleted_at_ms IS NULL ORDER BY d.sighting_id, d.frame_idx`
const rowSchema = z.object({
  sightingId: z.string(),
  file: z.string(),
  label: z.string(),
  description: z.string(),
  frameIdx: z.number(),
  x: z.number(),
  y: z.number(),
  w: z.number(),
  h: z.number(),
})

export interface DescribedThing extends ShownThing {
  description: string
}

/** Each source must be called as its file. @returns by the id of the sighting */
export function readShownThings(databasePath: string): Map<string, DescribedThing> {
  const db = new DatabaseSync(databasePath, { readOnly: true })
  try {
    const rows = rowSchema.array().parse(db.prepare(ROWS).all())
    const things = Map.groupBy(rows, ({ sightingId }) => sightingId)
    return new Map(
      [...things].flatMap(([id, of]) => {
        const [first] = of
        if (!first) return []
        const boxes = of.map(({ frameIdx, x, y, w, h }): ShownThing['boxes'][number] => ({
          frameIdx,
          box: [x, y, w, h],
        }))
        const { file, label, description } = first
        return [[id, { file, label, description, boxes }] as const]
      }),
    )
  } finally {
    db.close()
  }
}
