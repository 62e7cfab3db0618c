// One batch, one transaction: all of it that can be settled is settled, with its receipts and the mark, or nothing is.
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Queryable } from '../database/database.ts'
import { insertCrops, insertVectors } from '../store/write-blobs.ts'
import {
  advanceMark,
  insertReceipts,
  lockEpoch,
  OUTCOME,
  receiptHashes,
  type EpochKey,
} from '../store/write-receipts.ts'
import {
  applyDeletions,
  insertIncident,
  insertQuarantine,
  knownMedia,
  knownVectors,
  recordLosses,
  registerSpaces,
  upsertSightings,
  upsertSources,
  type Loss,
} from '../store/write-things.ts'
import {
  checkEntries,
  newestOfEach,
  usableVectors,
  type BadEntry,
  type CheckedEntry,
} from './check-entries.ts'

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
  const { fresh, conflicts } = await sortOut(tx, key, batch.entries)
  const { good, bad } = checkEntries(fresh)
  for (const { entry } of conflicts)
    await insertIncident(tx, key, 'seq_conflict', { seq: entry.seq, epoch: key.epoch, hash: entry.hash })

  await registerSpaces(
    tx,
    key.tenantId,
    batch.vectors.map(({ space }) => space),
  )
  await insertVectors(tx, key.tenantId, usableVectors(batch.vectors))
  const { ready, needVectors, needBlobs } = await complete(tx, key.tenantId, good, batch)
  await applyThings(tx, key, ready, batch)

  await insertQuarantine(tx, key, [...bad, ...conflicts].map(toQuarantine))
  await insertReceipts(tx, key, [
    ...ready.map(({ entry }) => ({ seq: entry.seq, hash: entry.hash, outcome: OUTCOME.applied })),
    ...bad.map(({ entry }) => ({ seq: entry.seq, hash: entry.hash, outcome: OUTCOME.quarantined })),
  ])
  await advanceMark(tx, key)
  const rejects = [...bad, ...conflicts].map(({ entry, code, reason }) => ({ seq: entry.seq, code, reason }))
  return { rejects, needVectors, needBlobs }
}

/** What was received before is settled; the same number with other content is an incident, never an update (A1 iv). */
async function sortOut(
  tx: Queryable,
  key: EpochKey,
  entries: readonly Entry[],
): Promise<{ fresh: Entry[]; conflicts: BadEntry[] }> {
  const known = await receiptHashes(
    tx,
    key,
    entries.map((entry) => entry.seq),
  )
  const fresh = entries.filter((entry) => !known.has(entry.seq))
  const conflicts = entries
    .filter((entry) => known.has(entry.seq) && ![entry.hash, ''].includes(known.get(entry.seq) as string))
    .map((entry): BadEntry => ({
      entry,
      code: 'SEQ_CONFLICT',
      reason: 'another entry has this number already',
    }))
  return { fresh, conflicts }
}

/** Entries that have the vector or crop that they name, and what the others lack. */
async function complete(
  tx: Queryable,
  tenantId: string,
  good: readonly CheckedEntry[],
  batch: Batch,
): Promise<{ ready: CheckedEntry[]; needVectors: string[]; needBlobs: string[] }> {
  const vectorHashes = good.flatMap((checked) =>
    checked.kind === 'sighting' ? [checked.state.vectorHash] : [],
  )
  const mediaHashes = good.flatMap((checked) => (checked.kind === 'media' ? [checked.state.sha256] : []))
  const vectors = await knownVectors(tx, tenantId, [...new Set(vectorHashes)])
  const media = await knownMedia(tx, tenantId, [...new Set(mediaHashes)])
  const blobs = new Set(batch.blobs.map(({ sha256 }) => sha256))
  const needVectors = new Set<string>()
  const needBlobs = new Set<string>()
  const ready = good.filter((checked) => {
    if (checked.kind === 'sighting' && !vectors.has(`${checked.state.spaceId} ${checked.state.vectorHash}`)) {
      needVectors.add(checked.state.vectorHash)
      return false
    }
    if (checked.kind === 'media' && !blobs.has(checked.state.sha256) && !media.has(checked.state.sha256)) {
      needBlobs.add(checked.state.sha256)
      return false
    }
    return true
  })
  return { ready, needVectors: [...needVectors], needBlobs: [...needBlobs] }
}

async function applyThings(
  tx: Queryable,
  key: EpochKey,
  ready: readonly CheckedEntry[],
  batch: Batch,
): Promise<void> {
  const of = <K extends CheckedEntry['kind']>(kind: K) =>
    ready.filter((checked): checked is Extract<CheckedEntry, { kind: K }> => checked.kind === kind)
  const deletions = of('tombstone').flatMap(({ state }) => (state.what === 'deleted' ? [state] : []))
  const losses = of('tombstone').flatMap(({ state, entry }): Loss[] =>
    state.what === 'dropped' ? [{ ...state, hash: entry.hash }] : [],
  )
  // Deletions first: a version that came in the same batch must not bring the thing back (rule A18).
  await applyDeletions(tx, key, deletions)
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
  await recordLosses(tx, key, losses)
  const bytesOf = new Map(batch.blobs.map(({ sha256, bytes }) => [sha256, bytes]))
  const crops = of('media').filter(({ state }) => bytesOf.has(state.sha256))
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
