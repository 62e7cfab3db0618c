// Entries of a batch in; what may be applied, what never can be, and what lacks its vector or crop out. Pure.
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { sightingSchema } from '@sam3-fleet/shared/domain/sighting'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { VectorBlock } from '@sam3-fleet/shared/protocol/batch'
import {
  entryHashText,
  entryStateSchemas,
  type Entry,
  type MediaState,
  type TombstoneState,
} from '@sam3-fleet/shared/protocol/entry'
import { dot, fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import type { VectorToWrite } from '../store/write-blobs.ts'
import { whyNotStorable } from './storable.ts'

/** Half floats round: a unit vector comes back with a length within this of 1. */
const NORM_TOLERANCE = 0.01
const F16_BYTES = 2

export type CheckedEntry =
  | { kind: 'sighting'; entry: Entry; state: Sighting; extra: Record<string, unknown> | null }
  | { kind: 'media'; entry: Entry; state: MediaState }
  | { kind: 'source'; entry: Entry; state: SourceRecord }
  | { kind: 'tombstone'; entry: Entry; state: TombstoneState }

/** An entry that can never be applied. */
export interface BadEntry {
  entry: Entry
  code:
    | 'HASH_MISMATCH'
    | 'STATE_INVALID'
    | 'ID_MISMATCH'
    | 'SEQ_CONFLICT'
    | 'VECTOR_INVALID'
    | 'SPACE_MISMATCH'
    | 'DATABASE_REFUSED'
    | 'BATCH_REFUSED'
  reason: string
}

export interface CheckedEntries {
  good: CheckedEntry[]
  bad: BadEntry[]
}

export function checkEntries(entries: readonly Entry[], epoch: string): CheckedEntries {
  const good: CheckedEntry[] = []
  const bad: BadEntry[] = []
  for (const entry of entries) {
    const checked = checkEntry(entry, epoch)
    if ('code' in checked) bad.push(checked)
    else good.push(checked)
  }
  return { good, bad }
}

function checkEntry(entry: Entry, epoch: string): CheckedEntry | BadEntry {
  if (sha256Hex(entryHashText(entry)) !== entry.hash)
    return { entry, code: 'HASH_MISMATCH', reason: 'the entry does not have its stated hash' }
  let raw: unknown
  try {
    raw = JSON.parse(entry.state)
  } catch {
    return { entry, code: 'STATE_INVALID', reason: 'the state is not JSON' }
  }
  const parsed = entryStateSchemas[entry.kind].safeParse(raw)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return {
      entry,
      code: 'STATE_INVALID',
      reason: `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 300),
    }
  }
  const checked = { kind: entry.kind, entry, state: parsed.data } as CheckedEntry
  if (idOf(checked) !== entry.id || versionOf(checked) !== entry.version) {
    return { entry, code: 'ID_MISMATCH', reason: 'the entry names another thing or version than its state' }
  }
  const whole: CheckedEntry =
    checked.kind === 'sighting'
      ? { ...checked, extra: unknownFields(raw as Record<string, unknown>) }
      : checked
  const reason = whyNotStorable(whole, epoch)
  return reason === null ? whole : { entry, code: 'STATE_INVALID', reason }
}

function idOf({ kind, entry, state }: CheckedEntry): string {
  if (kind === 'media') return state.sha256
  return kind === 'tombstone' ? entry.id : state.id
}

function versionOf({ kind, entry, state }: CheckedEntry): number {
  return kind === 'sighting' || kind === 'source' ? state.version : entry.version
}

/** Fields of a newer device that this centre does not know; kept, so that a later centre has them. */
function unknownFields(raw: Record<string, unknown>): Record<string, unknown> | null {
  const unknown = Object.entries(raw).filter(([name]) => !Object.hasOwn(sightingSchema.shape, name))
  return unknown.length === 0 ? null : Object.fromEntries(unknown)
}

export interface CheckedVectors {
  /** Each once. */
  usable: VectorToWrite[]
  /** `spaceId hash` of those that nobody can compare with. */
  unusable: Set<string>
}

/** Tells vectors that are finite and of unit length from others; the codec has proved dimension and hash. */
export function checkVectors(blocks: readonly VectorBlock[]): CheckedVectors {
  const usable = new Map<string, VectorToWrite>()
  const unusable = new Set<string>()
  for (const { space, hashes, f16 } of blocks) {
    const rowBytes = space.dimension * F16_BYTES
    for (const [row, hash] of hashes.entries()) {
      const key = vectorKey(space.spaceId, hash)
      const bytes = f16.subarray(row * rowBytes, (row + 1) * rowBytes)
      const vector = fromF16Bytes(bytes)
      const norm = Math.sqrt(dot(vector, vector))
      if (Math.abs(norm - 1) <= NORM_TOLERANCE) usable.set(key, { spaceId: space.spaceId, hash, f16: bytes })
      else unusable.add(key)
    }
  }
  return { usable: [...usable.values()], unusable }
}

export function vectorKey(spaceId: string, hash: string): string {
  return `${spaceId} ${hash}`
}

/** Of each thing only the newest version: within one batch the greatest wins (rule A17). */
export function newestOfEach<T extends { entry: Entry }>(entries: readonly T[]): T[] {
  const newest = new Map<string, T>()
  for (const checked of entries) {
    const other = newest.get(checked.entry.id)
    if (!other || checked.entry.version > other.entry.version) newest.set(checked.entry.id, checked)
  }
  return [...newest.values()]
}
