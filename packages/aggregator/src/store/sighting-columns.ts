// How a sighting lies in the centre's table: columns to read, and the row as the product's own record.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { Sighting, SightingAttributes } from '@sam3-fleet/shared/domain/sighting'

export interface StoredSighting {
  deviceId: string
  deviceName: string
  record: Sighting
  /** Whether the crop that the record names has arrived. */
  mediaReady: boolean
}

export interface SightingRow {
  device_id: string
  device_name: string
  id: string
  version: number
  state: Sighting['state']
  source_id: string
  source_name: string
  video_id: string
  label: string
  text_prompt: string | null
  description: string
  attributes: SightingAttributes
  confidence: number
  bbox: Bbox
  frame_idx: number
  detection_id: number
  count: number
  track_count: number
  first_seen: number
  last_seen: number
  time_origin: Sighting['timeOrigin']
  space_id: string
  vector_hash: string
  media_sha256: string | null
  media_ready: boolean
}

/** Select list and joins that make a SightingRow of `sightings s`. */
export const SIGHTING_SELECT = `
  s.device_id, d.name AS device_name, s.id, s.version, s.state, s.source_id, s.source_name, s.video_id, s.label,
  s.text_prompt, s.description, s.attributes, s.confidence, s.bbox, s.frame_idx, s.detection_id, s.count,
  s.track_count, s.first_seen, s.last_seen, s.time_origin, s.space_id, encode(s.vector_hash, 'hex') AS vector_hash,
  encode(s.media_sha256, 'hex') AS media_sha256, (m.sha256 IS NOT NULL) AS media_ready`
export const SIGHTING_JOINS = `
  JOIN devices d ON d.tenant_id = s.tenant_id AND d.device_id = s.device_id
  LEFT JOIN media m ON m.tenant_id = s.tenant_id AND m.sha256 = s.media_sha256`

export function storedSighting(row: SightingRow): StoredSighting {
  return {
    deviceId: row.device_id,
    deviceName: row.device_name,
    mediaReady: row.media_ready,
    record: {
      id: row.id,
      version: row.version,
      state: row.state,
      sourceId: row.source_id,
      sourceName: row.source_name,
      videoId: row.video_id,
      label: row.label,
      textPrompt: row.text_prompt,
      description: row.description,
      attributes: row.attributes,
      confidence: row.confidence,
      bbox: row.bbox,
      frameIdx: row.frame_idx,
      detectionId: row.detection_id,
      count: row.count,
      trackCount: row.track_count,
      firstSeenMs: row.first_seen,
      lastSeenMs: row.last_seen,
      timeOrigin: row.time_origin,
      spaceId: row.space_id,
      vectorHash: row.vector_hash,
      mediaSha256: row.media_sha256,
    },
  }
}
