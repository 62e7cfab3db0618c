// Batches as devices would send them, made before anything is measured: distinct sightings with vectors of their own.
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { normalise, toF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { BatchDevice } from '@sam3-fleet/aggregator/ingest/testing/device-batches'

/** As the default pack embeds. */
const DIMENSION = 384
/** Entries of one batch: with vectors of 384 half floats they stay below the 256 KiB of the protocol. */
export const BATCH_ENTRIES = 256

export interface DeviceLoad {
  device: BatchDevice
  /** Entries of each batch; encoded only once the device knows its lease. */
  batches: Entry[][]
  sightings: { state: Sighting; f16: Uint8Array }[]
}

export function makeLoad(deviceId: string, batchCount: number): DeviceLoad {
  const device = new BatchDevice(deviceId, {
    spaceId: 'bench-space@1',
    model: 'bench',
    version: '1',
    dimension: DIMENSION,
    metric: 'cosine',
    preprocessing: 'none',
    identity: 'none',
  })
  const sightings: DeviceLoad['sightings'] = []
  const batches = Array.from({ length: batchCount }, () =>
    Array.from({ length: BATCH_ENTRIES }, () => {
      const f16 = toF16Bytes(
        normalise(
          Array.from({ length: DIMENSION }, () => Math.random() - 0.5),
          DIMENSION,
        ),
      )
      const entry = device.addSighting({}, f16)
      sightings.push({ state: JSON.parse(entry.state) as Sighting, f16 })
      return entry
    }),
  )
  return { device, batches, sightings }
}
