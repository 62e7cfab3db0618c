// A stored sighting as people and programs see it in an answer.
import type { Band } from '@sam3-fleet/shared/search/band'
import type { FindResult } from '@sam3-fleet/shared/search/find'
import type { StoredSighting } from '../store/sighting-columns.ts'

export interface Judgement {
  similarity: number | null
  band: Band | null
}

export function findResult(
  { deviceId, deviceName, record, mediaReady }: StoredSighting,
  judgement: Judgement,
): FindResult {
  return {
    sightingId: record.id,
    deviceId,
    deviceName,
    sourceId: record.sourceId,
    sourceName: record.sourceName,
    videoId: record.videoId,
    frameIdx: record.frameIdx,
    label: record.label,
    description: record.description,
    attributes: record.attributes,
    textPrompt: record.textPrompt,
    confidence: record.confidence,
    similarity: judgement.similarity,
    band: judgement.band,
    bbox: record.bbox,
    count: record.count,
    firstSeen: new Date(record.firstSeenMs).toISOString(),
    lastSeen: new Date(record.lastSeenMs).toISOString(),
    state: record.state,
    media:
      record.mediaSha256 === null
        ? null
        : {
            sha256: record.mediaSha256,
            path: `/media/${record.mediaSha256}`,
            state: mediaReady ? 'ready' : 'pending',
          },
  }
}
