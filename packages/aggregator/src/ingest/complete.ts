// Which entries have the vector or crop that they name: those are ready; others wait for it, or can never have it.
import type { Queryable } from '../database/database.ts'
import { knownMedia, knownVectors } from '../store/write-things.ts'
import { vectorKey, type BadEntry, type CheckedEntry, type CheckedVectors } from './check-entries.ts'

export interface Completed {
  ready: CheckedEntry[]
  /** Their vector came and cannot be used. */
  lacking: BadEntry[]
  /** What entries that are not settled wait for. */
  needVectors: string[]
  needBlobs: string[]
}

export interface Given {
  vectors: CheckedVectors
  /** Spaces of this batch whose vectors have another dimension than those that are known by that name. */
  mismatched: ReadonlySet<string>
  blobs: ReadonlySet<string>
}

export async function complete(
  tx: Queryable,
  tenantId: string,
  good: readonly CheckedEntry[],
  given: Given,
): Promise<Completed> {
  const vectors = await vectorsAtHand(tx, tenantId, good, given)
  const media = await mediaAtHand(tx, tenantId, good, given)
  const ready: CheckedEntry[] = []
  const lacking: BadEntry[] = []
  const needVectors = new Set<string>()
  const needBlobs = new Set<string>()
  for (const checked of good) {
    if (checked.kind === 'sighting') {
      const { spaceId, vectorHash } = checked.state
      const key = vectorKey(spaceId, vectorHash)
      const { entry } = checked
      if (vectors.has(key)) ready.push(checked)
      else if (given.vectors.unusable.has(key))
        lacking.push({
          entry,
          code: 'VECTOR_INVALID',
          reason: 'its vector is not finite or not of unit length',
        })
      else if (given.mismatched.has(spaceId))
        lacking.push({ entry, code: 'SPACE_MISMATCH', reason: `${spaceId} has another dimension here` })
      else needVectors.add(vectorHash)
    } else if (checked.kind === 'media' && !media.has(checked.state.sha256))
      needBlobs.add(checked.state.sha256)
    else ready.push(checked)
  }
  return { ready, lacking, needVectors: [...needVectors], needBlobs: [...needBlobs] }
}

/** Those of this batch, and of the others those that are stored. */
async function vectorsAtHand(
  tx: Queryable,
  tenantId: string,
  good: readonly CheckedEntry[],
  { vectors: { usable } }: Given,
): Promise<Set<string>> {
  const atHand = new Set(usable.map(({ spaceId, hash }) => vectorKey(spaceId, hash)))
  const missing = new Map<string, { spaceId: string; hash: string }>()
  for (const { kind, state } of good) {
    if (kind !== 'sighting') continue
    const { spaceId, vectorHash: hash } = state
    const key = vectorKey(spaceId, hash)
    if (!atHand.has(key)) missing.set(key, { spaceId, hash })
  }
  return atHand.union(await knownVectors(tx, tenantId, [...missing.values()]))
}

async function mediaAtHand(
  tx: Queryable,
  tenantId: string,
  good: readonly CheckedEntry[],
  { blobs }: Given,
): Promise<Set<string>> {
  const missing = good.flatMap(({ kind, state }) =>
    kind === 'media' && !blobs.has(state.sha256) ? [state.sha256] : [],
  )
  return new Set(blobs).union(await knownMedia(tx, tenantId, [...new Set(missing)]))
}
