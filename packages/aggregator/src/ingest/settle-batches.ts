// Batches of any devices in; what the database says of each, committed, out. Several share one transaction and with it
// one wait for the disk; one that the database refuses as a whole, or that ended the process before, is handled alone.
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Batch, BatchHeader } from '@sam3-fleet/shared/protocol/batch'
import { ACK_MAX_RANGES } from '@sam3-fleet/shared/protocol/bounds'
import type { Database, Queryable } from '../database/database.ts'
import { beginAttempts, deleteAttemptsBefore, endAttempts } from '../store/write-attempts.ts'
import { readMark, type EpochKey } from '../store/write-receipts.ts'
import { insertIncident } from '../store/write-things.ts'
import { applyBatch, setAsideBatch, type Applied } from './apply-batch.ts'
import { readBody } from './read-batch.ts'
import { isPermanent } from './settle-all.ts'

/**
 * Attempts that did not end before a batch is set aside unread by anything but the decoder (rule A10). Power cuts end
 * attempts too: after the first, a batch is handled alone, and three cuts in a row within its milliseconds are poison.
 */
export const UNFINISHED_TO_SET_ASIDE = 3
/** And before it is not even decoded any more: its device is answered, and its epoch waits for a person. */
export const UNFINISHED_TO_REFUSE = 5
/** Milliseconds after which an attempt that did not end is forgotten: the centre was mended or restarted since. */
const FORGET_ATTEMPTS_MS = 24 * 3_600_000

export interface QueuedBatch {
  deviceId: string
  header: BatchHeader
  payload: Uint8Array
}

export interface SettledBatch {
  header: BatchHeader
  /** null when the batch is of an older connection or epoch: it is not answered. */
  answer: (Applied & { hwm: number; ranges: [number, number][] }) | null
}

export interface SettleDeps {
  database: Database
  tenantId: string
}

/** @throws what the database throws when it is away or overloaded: nothing was settled then, and it may be tried again. */
export async function settleBatches(
  deps: SettleDeps,
  batches: readonly QueuedBatch[],
  unfinished: readonly number[],
): Promise<SettledBatch[]> {
  const suspects = batches.filter((_, at) => must(unfinished[at], 'a count') > 0)
  const trusted = batches.filter((batch) => !suspects.includes(batch))
  const settled = await settleTogether(deps, trusted)
  for (const suspect of suspects)
    settled.push(await settleSuspect(deps, suspect, must(unfinished[batches.indexOf(suspect)], 'a count')))
  return settled
}

/** Once, before the first batch: attempts that nobody will come back to. */
export function forgetOldAttempts({ database, tenantId }: SettleDeps): Promise<void> {
  return deleteAttemptsBefore(database, tenantId, FORGET_ATTEMPTS_MS)
}

/** Notes that these are begun; how many earlier attempts at each did not come to an end. */
export function noteAttempts(
  { database, tenantId }: SettleDeps,
  batches: readonly QueuedBatch[],
): Promise<number[]> {
  const keys = batches.map(attemptKey)
  return database.transaction((tx) => beginAttempts(tx, tenantId, keys, FORGET_ATTEMPTS_MS))
}

async function settleTogether(deps: SettleDeps, batches: readonly QueuedBatch[]): Promise<SettledBatch[]> {
  if (batches.length === 0) return []
  try {
    return await deps.database.transaction(async (tx) => {
      const settled: SettledBatch[] = []
      for (const batch of batches) settled.push(await settleOne(deps, tx, batch, applyBatch))
      await endAttempts(tx, deps.tenantId, batches.map(attemptKey))
      return settled
    })
  } catch (thrown) {
    if (!isPermanent(thrown)) throw thrown
    const [alone] = batches
    if (batches.length === 1 && alone) return [await setAside(deps, alone, thrown.message)]
    const settled: SettledBatch[] = []
    for (const batch of batches) settled.push(...(await settleTogether(deps, [batch])))
    return settled
  }
}

async function settleSuspect(
  deps: SettleDeps,
  batch: QueuedBatch,
  unfinished: number,
): Promise<SettledBatch> {
  if (unfinished >= UNFINISHED_TO_REFUSE) return await refuse(deps, batch, unfinished)
  if (unfinished >= UNFINISHED_TO_SET_ASIDE)
    return await setAside(deps, batch, `the centre ended ${unfinished} times while it handled this batch`)
  const [settled] = await settleTogether(deps, [batch])
  return must(settled, 'the batch that was settled')
}

/** Everything in it that is new goes to quarantine, whole, so that the device's later entries are not held up. */
function setAside(deps: SettleDeps, batch: QueuedBatch, reason: string): Promise<SettledBatch> {
  return deps.database.transaction(async (tx) => {
    const settled = await settleOne(deps, tx, batch, (on, key, lease, content) =>
      setAsideBatch(on, key, lease, content, reason),
    )
    await endAttempts(tx, deps.tenantId, [attemptKey(batch)])
    return settled
  })
}

async function refuse(
  { database, tenantId }: SettleDeps,
  { deviceId, header }: QueuedBatch,
  unfinished: number,
): Promise<SettledBatch> {
  const { epoch, fromSeq, toSeq, bodySha256 } = header
  await insertIncident(database, { tenantId, deviceId }, 'poison_batch', {
    epoch,
    fromSeq,
    toSeq,
    bodySha256,
    unfinished,
  })
  return { header, answer: await answerWith(database, { tenantId, deviceId, epoch }, NOTHING) }
}

async function settleOne(
  { tenantId }: SettleDeps,
  tx: Queryable,
  { deviceId, header, payload }: QueuedBatch,
  settle: (tx: Queryable, key: EpochKey, lease: number, batch: Batch) => Promise<Applied | null>,
): Promise<SettledBatch> {
  const key = { tenantId, deviceId, epoch: header.epoch }
  const body = readBody(payload)
  if (body.kind === 'damaged') {
    await insertIncident(tx, key, 'damaged_batch', {
      epoch: header.epoch,
      fromSeq: header.fromSeq,
      toSeq: header.toSeq,
      reason: body.reason,
    })
    return { header, answer: await answerWith(tx, key, NOTHING) }
  }
  const applied = await settle(tx, key, header.lease, body.batch)
  return { header, answer: applied && (await answerWith(tx, key, applied)) }
}

async function answerWith(
  db: Queryable,
  key: EpochKey,
  applied: Applied,
): Promise<NonNullable<SettledBatch['answer']>> {
  return { ...applied, ...(await readMark(db, key, ACK_MAX_RANGES)) }
}

const NOTHING: Applied = { rejects: [], needVectors: [], needBlobs: [] }

function attemptKey({ deviceId, header: { bodySha256 } }: QueuedBatch): {
  deviceId: string
  bodySha256: string
} {
  return { deviceId, bodySha256 }
}
