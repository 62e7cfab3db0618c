// objects.summary and objects.timeline.
import type { Queryable } from '../../database/database.ts'
import { countByTime } from '../../store/count-by-time.ts'
import { summariseObjects, totalObjects } from '../../store/summarise-objects.ts'
import type { ObjectsReader } from '../api-services.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

export function createObjectsReader(db: Queryable): ObjectsReader {
  return {
    async summary(tenantId, { groupBy, filters, limit }) {
      const [groups, total] = await Promise.all([
        summariseObjects(db, { tenantId, filters, groupBy, limit }),
        totalObjects(db, { tenantId, filters }),
      ])
      return {
        groups: groups.map(({ first_seen, last_seen, ...group }) => ({
          ...group,
          firstSeen: iso(first_seen),
          lastSeen: iso(last_seen),
        })),
        total: { sightings: total.sightings, detections: total.detections },
      }
    },

    async timeline(tenantId, { filters, buckets }) {
      const scope = { tenantId, filters }
      const total = await totalObjects(db, scope)
      const fromMs = filters.from ? Date.parse(filters.from) : total.first_seen
      const toMs = filters.to ? Date.parse(filters.to) : total.last_seen
      if (fromMs === null || toMs === null || toMs < fromMs)
        return { from: null, to: null, bucketMs: 1, buckets: [] }
      const bucketMs = Math.max(1, Math.ceil((toMs - fromMs + 1) / buckets))
      const counts = await countByTime(db, { ...scope, fromMs, bucketMs, buckets })
      return {
        from: iso(fromMs),
        to: iso(toMs),
        bucketMs,
        buckets: counts.map(({ bucket, sightings }) => ({
          from: iso(fromMs + bucket * bucketMs),
          sightings,
        })),
      }
    },
  }
}
