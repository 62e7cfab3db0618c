// Entries of one device in one transaction: all that can be settled is settled, with receipts and the mark, or nothing is.
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import type { Queryable } from '../database/database.ts'
import { insertCrops, insertVectors } from '../store/write-blobs.ts'
import { advanceMark, insertReceipts, lockEpoch, OUTCOME, type EpochKey } from '../store/write-receipts.ts'
import { upsertSightings } from '../store/write-sightings.ts'
import {
  applyDeletions,
  insertIncident,
  insertQuarantine,
  recordLosses,
  registerSpaces,
  upsertSources,
  type Loss,
} from '../store/write-things.ts'
import {
  checkEntries,
  checkVectors,
  newestOfEach,
  type BadEntry,
  type CheckedEntry,
} from './check-entries.ts'
import { complete } from './complete.ts'
import { settleAll } from './settle-all.ts'
import { sortOut } from './sort-out.ts'

export interface Applied {
  rejects: { seq: number; code: string; reason: string }[]
  needVectors: string[]
  needBlobs: string[]
}

/** @returns null when the batch belongs to another epoch or lease than the device's present one. */
export async function applyBatch(
  tx: Queryable,
  key: EpochKey,
  lease: number,
  batch: Batch,
): Promise<Applied | null> {
  if (!(await lockEpoch(tx, key, lease))) return null
  const { fresh, conflicts, setAsideBefore } = await sortOut(tx, key, batch.entries)
  const checked = checkEntries(fresh, key.epoch)

  const mismatched = await registerSpaces(
    tx,
    key.tenantId,
    batch.vectors.map(({ space }) => space),
  )
  const vectors = checkVectors(batch.vectors.filter(({ space }) => !mismatched.has(space.spaceId)))
  await insertVectors(tx, key.tenantId, vectors.usable)
  const { ready, lacking, needVectors, needBlobs } = await complete(tx, key.tenantId, checked.good, {
    vectors,
    mismatched,
    blobs: new Set(batch.blobs.map(({ sha256 }) => sha256)),
  })
  const { settled, refused } = await settleAll(tx, ready, (entries) => applyThings(tx, key, entries, batch))

  const bad = [...checked.bad, ...lacking, ...refused]
  const added = await insertQuarantine(tx, key, [...bad, ...conflicts].map(toQuarantine))
  for (const { entry } of conflicts.filter((conflict) => added.has(conflict.entry.seq)))
    await insertIncident(tx, key, 'seq_conflict', { seq: entry.seq, epoch: key.epoch, hash: entry.hash })
  await insertReceipts(tx, key, [
    ...settled.map(({ entry }) => ({ ...entry, outcome: OUTCOME.applied })),
    ...bad.map(({ entry }) => ({ ...entry, outcome: OUTCOME.quarantined })),
  ])
  const losses = settled.flatMap(lossOf)
  await recordLosses(tx, key, losses)
  for (const epoch of new Set([key.epoch, ...losses.map((loss) => loss.epoch)]))
    await advanceMark(tx, { ...key, epoch })
  return { rejects: rejectsOf([...bad, ...conflicts], setAsideBefore), needVectors, needBlobs }
}

/** Takes nothing of it but the receipts: what is new goes to quarantine. For a batch that nothing else can be done with. */
export async function setAsideBatch(
  tx: Queryable,
  key: EpochKey,
  lease: number,
  batch: Batch,
  reason: string,
): Promise<Applied | null> {
  if (!(await lockEpoch(tx, key, lease))) return null
  const { fresh, conflicts, setAsideBefore } = await sortOut(tx, key, batch.entries)
  const bad = fresh.map((entry): BadEntry => ({ entry, code: 'BATCH_REFUSED', reason: reason.slice(0, 300) }))
  await insertQuarantine(tx, key, [...bad, ...conflicts].map(toQuarantine))
  await insertReceipts(
    tx,
    key,
    bad.map(({ entry }) => ({ ...entry, outcome: OUTCOME.quarantined })),
  )
  await insertIncident(tx, key, 'poison_batch', { epoch: key.epoch, entries: bad.length, reason })
  await advanceMark(tx, key)
  return { rejects: rejectsOf([...bad, ...conflicts], setAsideBefore), needVectors: [], needBlobs: [] }
}

function rejectsOf(bad: readonly BadEntry[], setAsideBefore: Applied['rejects']): Applied['rejects'] {
  const rejects = bad.map(({ entry, code, reason }) => ({ seq: entry.seq, code, reason }))
  return [...rejects, ...setAsideBefore].toSorted((a, b) => a.seq - b.seq)
}

async function applyThings(
  tx: Queryable,
  key: EpochKey,
  ready: readonly CheckedEntry[],
  batch: Batch,
): Promise<void> {
  const of = <K extends CheckedEntry['kind']>(kind: K) =>
    ready.filter((checked): checked is Extract<CheckedEntry, { kind: K }> => checked.kind === kind)
  // Deletions first: a version that came in the same batch must not bring the thing back (rule A18).
  await applyDeletions(
    tx,
    key,
    of('tombstone').flatMap(({ state }) => (state.what === 'deleted' ? [state] : [])),
  )
  await upsertSightings(
    tx,
    key,
    newestOfEach(of('sighting')).map(({ entry, state, extra }) => ({ seq: entry.seq, state, extra })),
  )
  await upsertSources(
    tx,
    key,
    newestOfEach(of('source')).map(({ entry, state }) => ({ seq: entry.seq, state })),
  )
  const bytesOf = new Map(batch.blobs.map(({ sha256, bytes }) => [sha256, bytes]))
  const crops = newestOfEach(of('media')).filter(({ state }) => bytesOf.has(state.sha256))
  await insertCrops(
    tx,
    key.tenantId,
    crops.map(({ state }) => ({
      ...state,
      deviceId: key.deviceId,
      bytes: must(bytesOf.get(state.sha256), 'the bytes of a crop'),
    })),
  )
}

function lossOf(checked: CheckedEntry): Loss[] {
  if (checked.kind !== 'tombstone' || checked.state.what !== 'dropped') return []
  return [checked.state]
}

function toQuarantine({ entry, code, reason }: BadEntry) {
  return {
    seq: entry.seq,
    kind: entry.kind,
    thingId: entry.id,
    hash: entry.hash,
    code,
    reason,
    raw: entry.state,
  }
}
