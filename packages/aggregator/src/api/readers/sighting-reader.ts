// sightings.byId: one sighting in full, with the origin of its words where its device sent them.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { z } from 'zod'
import type { Queryable } from '../../database/database.ts'
import { findResult } from '../../search/find-result.ts'
import { getSighting } from '../../store/get-sighting.ts'
import type { SightingReader } from '../api-services.ts'

const wordsSchema = z.array(z.object({ word: z.string(), from: z.string() }))

export function createSightingReader(db: Queryable): SightingReader {
  return {
    async byId(tenantId, { deviceId, sightingId }) {
      const found = await getSighting(db, { tenantId, deviceId, sightingId })
      if (!found) throw new FleetError('NOT_FOUND', 'the centre holds no sighting with this id')
      const { record } = found
      const result = findResult(found, { similarity: null, band: null })
      const words = wordsSchema.safeParse(found.extra?.['words'])
      return {
        result,
        record,
        detections: {
          count: record.count,
          exemplarId: record.detectionId,
          exemplarFrameIdx: record.frameIdx,
          firstSeen: result.firstSeen,
          lastSeen: result.lastSeen,
        },
        words: words.success ? words.data : null,
        sync: { epoch: found.epoch, seq: found.seq, receivedAt: found.receivedAt.toISOString() },
      }
    },
  }
}
