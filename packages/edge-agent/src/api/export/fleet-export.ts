// Everything that the centre does not have yet, as a file of batches: a device that no network reaches is synced by
// hand with it. What was read in stays in the outbox until the centre itself has acked it.
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import { encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { BATCH_FILE_LEASE, endOfBatchFile, frameBatch } from '@sam3-fleet/shared/protocol/batch-file'
import { BATCH_MAX_BYTES, BATCH_MAX_ENTRIES } from '@sam3-fleet/shared/protocol/bounds'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Outbox } from '../../store/outbox.ts'

export interface FleetExportDeps {
  deviceId: string
  outbox: Pick<Outbox, 'position' | 'read'>
  newId: () => string
}

/**
 * Entries up to the newest one of now, things before crops. A new epoch that begins meanwhile cuts the file short: it
 * has no end then, and whoever reads it is told so.
 */
export function* fleetBatches({
  deviceId,
  outbox,
  newId,
}: FleetExportDeps): Generator<Uint8Array, void, void> {
  const { epoch, maxSeq: upToSeq } = outbox.position()
  const vectorsUnderWay = new Set<string>()
  for (const lane of ['things', 'media'] as const) {
    for (let afterSeq = 0; outbox.position().epoch === epoch;) {
      const batch = outbox.read({
        lane,
        afterSeq,
        upToSeq,
        maxBytes: BATCH_MAX_BYTES,
        maxEntries: BATCH_MAX_ENTRIES,
        vectorsUnderWay,
      })
      const last = batch?.entries.at(-1)
      if (!batch || !last) break
      afterSeq = last.seq
      for (const hash of batch.vectors.flatMap(({ hashes }) => hashes)) vectorsUnderWay.add(hash)
      const envelope = { v: PROTOCOL_VERSION, deviceId, epoch, lease: BATCH_FILE_LEASE, batchId: newId() }
      yield frameBatch(encodeBatch(envelope, batch, nodeBinaryTools))
    }
  }
  if (outbox.position().epoch === epoch) yield endOfBatchFile()
}
