// The one place that knows how a sighting lies in its table: full version in, row out, and back.
import type { Sighting, SightingAttributes } from '@sam3-fleet/shared/domain/sighting'

export interface SightingRow {
  id: string
  version: number
  state: string
  source_id: string
  source_name: string
  video_id: string
  label: string
  text_prompt: string | null
  description: string
  attributes: string
  confidence: number
  x: number
  y: number
  w: number
  h: number
  frame_idx: number
  detection_id: number
  count: number
  track_count: number
  first_seen_ms: number
  last_seen_ms: number
  time_origin: string
  space_id: string
  vector_hash: string
  media_sha256: string | null
}

/** Columns of `sightings` that make up a version; device_id, outbox_seq and deleted_at_ms are the store's own. */
export const SIGHTING_COLUMNS = [
  'id',
  'version',
  'state',
  'source_id',
  'source_name',
  'video_id',
  'label',
  'text_prompt',
  'description',
  'attributes',
  'confidence',
  'x',
  'y',
  'w',
  'h',
  'frame_idx',
  'detection_id',
  'count',
  'track_count',
  'first_seen_ms',
  'last_seen_ms',
  'time_origin',
  'space_id',
  'vector_hash',
  'media_sha256',
] as const satisfies readonly (keyof SightingRow)[]

export function sightingFromRow(row: SightingRow): Sighting {
  return {
    id: row.id,
    version: row.version,
    state: row.state as Sighting['state'],
    sourceId: row.source_id,
    sourceName: row.source_name,
    videoId: row.video_id,
    label: row.label,
    textPrompt: row.text_prompt,
    description: row.description,
    attributes: JSON.parse(row.attributes) as SightingAttributes,
    confidence: row.confidence,
    bbox: [row.x, row.y, row.w, row.h],
    frameIdx: row.frame_idx,
    detectionId: row.detection_id,
    count: row.count,
    trackCount: row.track_count,
    firstSeenMs: row.first_seen_ms,
    lastSeenMs: row.last_seen_ms,
    timeOrigin: row.time_origin as Sighting['timeOrigin'],
    spaceId: row.space_id,
    vectorHash: row.vector_hash,
    mediaSha256: row.media_sha256,
  }
}

export function sightingToRow(sighting: Sighting): SightingRow {
  const [x, y, w, h] = sighting.bbox
  return {
    id: sighting.id,
    version: sighting.version,
    state: sighting.state,
    source_id: sighting.sourceId,
    source_name: sighting.sourceName,
    video_id: sighting.videoId,
    label: sighting.label,
    text_prompt: sighting.textPrompt,
    description: sighting.description,
    attributes: JSON.stringify(sighting.attributes),
    confidence: sighting.confidence,
    x,
    y,
    w,
    h,
    frame_idx: sighting.frameIdx,
    detection_id: sighting.detectionId,
    count: sighting.count,
    track_count: sighting.trackCount,
    first_seen_ms: sighting.firstSeenMs,
    last_seen_ms: sighting.lastSeenMs,
    time_origin: sighting.timeOrigin,
    space_id: sighting.spaceId,
    vector_hash: sighting.vectorHash,
    media_sha256: sighting.mediaSha256,
  }
}
