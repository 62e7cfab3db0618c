// Applies entries together; when the database refuses their content, halves them until the ones that it refuses stand
// alone (rule A9). The net under the checks before it: nothing that a device says is tried again for ever.
import type { Queryable } from '../database/database.ts'
import type { BadEntry, CheckedEntry } from './check-entries.ts'

/** SQLSTATE classes that speak of the data and would come again: data exception, constraint, program limit. */
const PERMANENT = /^(?:22|23|54)/

export interface Settled {
  settled: CheckedEntry[]
  refused: BadEntry[]
}

/** Inside a transaction, which goes on whatever is refused. Other errors are thrown: they may pass. */
export async function settleAll(
  tx: Queryable,
  entries: readonly CheckedEntry[],
  apply: (entries: readonly CheckedEntry[]) => Promise<void>,
): Promise<Settled> {
  if (entries.length === 0) return { settled: [], refused: [] }
  await tx.query('SAVEPOINT settling')
  try {
    await apply(entries)
    await tx.query('RELEASE SAVEPOINT settling')
    return { settled: [...entries], refused: [] }
  } catch (thrown) {
    if (!isPermanent(thrown)) throw thrown
    await tx.query('ROLLBACK TO SAVEPOINT settling')
    await tx.query('RELEASE SAVEPOINT settling')
    const [alone] = entries
    if (entries.length === 1 && alone) {
      const reason = `the database refuses it: ${thrown.message}`.slice(0, 300)
      return { settled: [], refused: [{ entry: alone.entry, code: 'DATABASE_REFUSED', reason }] }
    }
  }
  const middle = Math.ceil(entries.length / 2)
  const first = await settleAll(tx, entries.slice(0, middle), apply)
  const second = await settleAll(tx, entries.slice(middle), apply)
  return {
    settled: [...first.settled, ...second.settled],
    refused: [...first.refused, ...second.refused],
  }
}

/** Whether the database would refuse the same content again. */
export function isPermanent(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false
  // A number that does not fit its column is found by the encoder, before the database sees it.
  return (
    typeof thrown.code === 'string' && (PERMANENT.test(thrown.code) || thrown.code === 'ERR_OUT_OF_RANGE')
  )
}
