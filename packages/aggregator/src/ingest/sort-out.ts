// Entries of a batch against what was received before: new ones, repeated ones, and those that contradict a receipt.
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Queryable } from '../database/database.ts'
import { OUTCOME, readReceipts, type EpochKey } from '../store/write-receipts.ts'
import { quarantinedBefore } from '../store/write-things.ts'
import type { BadEntry } from './check-entries.ts'

export interface SortedOut {
  /** Received for the first time, each number once. */
  fresh: Entry[]
  /** The same number with other content: an incident, never an update (rule A1 iv). */
  conflicts: BadEntry[]
  /** Set aside when they came before: the device is told again, its first answer may be lost. */
  setAsideBefore: { seq: number; code: string; reason: string }[]
}

/** While the epoch is locked. */
export async function sortOut(tx: Queryable, key: EpochKey, entries: readonly Entry[]): Promise<SortedOut> {
  const known = await readReceipts(
    tx,
    key,
    entries.map((entry) => entry.seq),
  )
  const fresh = new Map<number, Entry>()
  const repeated: Entry[] = []
  const conflicts: BadEntry[] = []
  for (const entry of entries) {
    const before = known.get(entry.seq)
    const hash = before?.hash ?? fresh.get(entry.seq)?.hash
    if (hash === undefined) fresh.set(entry.seq, entry)
    else if (hash !== entry.hash)
      conflicts.push({ entry, code: 'SEQ_CONFLICT', reason: 'another entry has this number already' })
    else if (before?.outcome === OUTCOME.quarantined) repeated.push(entry)
  }
  const setAsideBefore = await quarantinedBefore(tx, key, repeated)
  return { fresh: [...fresh.values()], conflicts, setAsideBefore }
}
