// One batch of a file in, what became of its entries out: settled as a batch from the broker is, in one transaction. A
// file has no connection and so no lease: it goes in under that of the device's newest one, whose row is held meanwhile,
// so that a device that is online at the same time is neither fenced off nor overtaken (rule A3).
import { FleetError, must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import type { Database, Queryable } from '../database/database.ts'
import { lockKnownDevice } from '../store/lock-known-device.ts'
import { enterEpoch, readEpoch } from '../store/write-devices.ts'
import { lockEpoch, OUTCOME, readMark, readReceipts, type EpochKey } from '../store/write-receipts.ts'
import { applyBatch, setAsideBatch } from './apply-batch.ts'
import { isPermanent } from './settle-all.ts'

export interface ImportedBatch {
  newEntries: number
  knownEntries: number
  setAsideEntries: number
  waitingEntries: number
  hwmBefore: number
  hwm: number
}

/**
 * Again and again with the same batch it changes nothing.
 * @throws FleetError NOT_FOUND, FORBIDDEN or CONFLICT when the batch cannot be this centre's; what the database throws
 *   when it is away: nothing was settled then.
 */
export async function importBatch(database: Database, key: EpochKey, batch: Batch): Promise<ImportedBatch> {
  try {
    return await database.transaction((tx) => settle(tx, key, batch, applyBatch))
  } catch (thrown) {
    if (!isPermanent(thrown)) throw thrown
    const { message } = thrown
    return await database.transaction((tx) =>
      settle(tx, key, batch, (...given) => setAsideBatch(...given, message)),
    )
  }
}

async function settle(
  tx: Queryable,
  key: EpochKey,
  batch: Batch,
  apply: typeof applyBatch,
): Promise<ImportedBatch> {
  const lease = await admit(tx, key)
  const before = must(await lockEpoch(tx, key, lease), 'the epoch of a device that is held')
  const seqs = [...new Set(batch.entries.map(({ seq }) => seq))]
  const known = await readReceipts(tx, key, seqs)
  must(await apply(tx, key, lease, batch), 'the epoch of a device that is held')
  const settled = await readReceipts(tx, key, seqs)
  const counts = { newEntries: 0, knownEntries: 0, setAsideEntries: 0, waitingEntries: 0 }
  const distinct = new Map(batch.entries.map((entry) => [`${entry.seq} ${entry.hash}`, entry]))
  for (const { seq, hash } of distinct.values()) {
    const receipt = settled.get(seq)
    if (!receipt) counts.waitingEntries += 1
    else if (receipt.hash !== hash) counts.setAsideEntries += 1
    else if (known.has(seq)) counts.knownEntries += 1
    else if (receipt.outcome === OUTCOME.quarantined) counts.setAsideEntries += 1
    else counts.newEntries += 1
  }
  const { hwm } = await readMark(tx, key, 1)
  return { ...counts, hwmBefore: before.hwm, hwm }
}

/** Holds the device until the transaction ends. @returns the lease of its newest connection. */
async function admit(tx: Queryable, key: EpochKey): Promise<number> {
  const { deviceId, epoch } = key
  const device = await lockKnownDevice(tx, key)
  if (!device)
    throw new FleetError('NOT_FOUND', `this centre does not know the device ${deviceId}`, {
      hint: 'Is it the right centre? Enrol the device here, or let it connect once; then import the file again.',
    })
  if (device.isRevoked)
    throw new FleetError('FORBIDDEN', `the device ${deviceId} was revoked`, {
      hint: 'Nothing of a revoked device is taken; the file stays as it is.',
    })
  if (device.currentEpoch === epoch) return device.lease
  if (device.currentEpoch !== null)
    throw (await readEpoch(tx, key, epoch))?.isClosed === true ? leftBehind(deviceId) : ahead(deviceId)
  // Enrolled and never connected: the file is the first that the centre hears of it.
  await enterEpoch(tx, key, epoch)
  return device.lease
}

function leftBehind(deviceId: string): FleetError {
  return new FleetError('CONFLICT', `the device ${deviceId} began another epoch after this file was made`, {
    hint: 'Export it again: the new file holds all that this one does.',
  })
}

function ahead(deviceId: string): FleetError {
  return new FleetError('CONFLICT', `the file is of an epoch of ${deviceId} that this centre has not seen`, {
    hint: 'Only the device itself can begin one here: let it connect once, then import the file again.',
  })
}
