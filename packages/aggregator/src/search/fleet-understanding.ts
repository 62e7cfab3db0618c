// Words in, an understood question out, for the labels that the fleet's packs see at present. The encoder stays
// loaded; when a device with new labels joins, the understanding is made anew beside the one in use.
import {
  createQueryUnderstanding,
  type QueryUnderstanding,
} from '@sam3-fleet/models/score/query-understanding'
import { encodeBackground } from '@sam3-fleet/models/score/background-captions'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import type { Calibration } from '@sam3-fleet/models/score/calibration'
import { calibrate } from '@sam3-fleet/models/score/calibration'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Queryable } from '../database/database.ts'
import { createCachedRead } from '../live/cached-read.ts'
import { listDeviceRows } from '../store/list-device-rows.ts'

/** Devices seldom join; a new label may take this long to be understood. */
const LABELS_TTL_MS = 10_000
/** Label sets kept, each with its background of a few hundred vectors: tenants of one centre share most of them. */
const LABEL_SETS_MAX = 16
/** Asked once at start, so that nobody's first question pays for what is prepared lazily. */
const WARM_UP_QUESTION = 'a person in red'

export interface ReadyUnderstanding {
  understanding: QueryUnderstanding
  /** How near accident comes to a vector of the encoder's space. */
  calibrate(vector: Float32Array): Calibration
}

export interface FleetUnderstanding {
  readonly spaceId: string
  /** Waits only for the first one of a tenant; later changes are prepared in the background. */
  ready(tenantId: string): Promise<ReadyUnderstanding>
  /** Prepares everything that a first question would otherwise wait for. */
  warmUp(tenantId: string): Promise<void>
}

export interface FleetUnderstandingDeps {
  db: Queryable
  clock: Clock
  encoder: TextEncoder
  /** Of the centre's own pack: understood before any device has joined. */
  packLabels: readonly string[]
  /** All that sightings may resemble, by the centre's own pack. */
  classes?: readonly string[]
}

export function createFleetUnderstanding(deps: FleetUnderstandingDeps): FleetUnderstanding {
  const { db, clock, encoder, packLabels, classes = [] } = deps
  const made = new Map<string, Promise<ReadyUnderstanding>>()
  const inUse = new Map<string, Promise<ReadyUnderstanding>>()

  const labelsOf = createCachedRead(clock, LABELS_TTL_MS, async (tenantId) => {
    const rows = await listDeviceRows(db, { tenantId })
    return [...new Set([...packLabels, ...rows.flatMap((row) => row.pack?.labels ?? [])])].toSorted()
  })

  async function make(labels: readonly string[]): Promise<ReadyUnderstanding> {
    const background = await encodeBackground(encoder, labels)
    return {
      understanding: createQueryUnderstanding({ encoder, labels, background, classes }),
      calibrate: (vector) => calibrate(vector, background),
    }
  }

  function makeOnce(labels: readonly string[]): Promise<ReadyUnderstanding> {
    const key = JSON.stringify(labels)
    const known = made.get(key)
    if (known) return known
    const fresh = make(labels)
    made.set(key, fresh)
    fresh.catch(() => made.delete(key))
    const oldest = made.keys().next().value
    if (made.size > LABEL_SETS_MAX && oldest !== undefined) made.delete(oldest)
    return fresh
  }

  async function ready(tenantId: string): Promise<ReadyUnderstanding> {
    const next = makeOnce(await labelsOf(tenantId))
    const current = inUse.get(tenantId)
    if (current === undefined) {
      inUse.set(tenantId, next)
      next.catch(() => inUse.delete(tenantId))
      return await next
    }
    // What cannot be made leaves the one in use; the next question tries again.
    if (next !== current)
      next.then(
        () => inUse.set(tenantId, next),
        () => undefined,
      )
    return await current
  }

  return {
    spaceId: encoder.space.spaceId,
    ready,
    async warmUp(tenantId) {
      const { understanding } = await ready(tenantId)
      await understanding.understand(WARM_UP_QUESTION)
    },
  }
}
