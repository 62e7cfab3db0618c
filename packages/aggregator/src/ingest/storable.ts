// Whether a state that has its agreed form can also be held by PostgreSQL, whose text knows no NUL and no half of a
// surrogate pair, and whose int4 ends at 2^31 - 1. Found here, before one such value fails a whole transaction. Pure.
import type { CheckedEntry } from './check-entries.ts'

const INT4_MAX = 2 ** 31 - 1
/** How JSON writes NUL and surrogates that it escapes; most states have neither, and are not walked. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i
/** Levels of arrays and objects in one state; ours have three (requirement S17). */
const DEPTH_MAX = 16

/** Why it cannot be held; null when it can. `epoch` is that of the batch. */
export function whyNotStorable(checked: CheckedEntry, epoch: string): string | null {
  const { entry, state } = checked
  if (!isText(entry.id)) return 'its id holds a character that no database text can hold'
  if (!entry.state.isWellFormed() || (SUSPICIOUS.test(entry.state) && !holdsOnlyText(state)))
    return 'it holds a NUL or half a character'
  if (checked.kind === 'sighting') {
    if (checked.extra !== null && !holdsOnlyText(checked.extra))
      return `its unknown fields hold a NUL or half a character, or are deeper than ${DEPTH_MAX} levels`
    return checked.state.trackCount > INT4_MAX ? 'trackCount is out of range' : null
  }
  if (checked.kind === 'media')
    return Math.max(checked.state.width, checked.state.height) > INT4_MAX ? 'its size is out of range' : null
  if (checked.kind !== 'tombstone' || checked.state.what !== 'dropped') return null
  const { fromSeq, toSeq } = checked.state
  if (fromSeq > toSeq) return 'the dropped range ends before it begins'
  return checked.state.epoch === epoch && toSeq >= entry.seq
    ? 'the dropped range reaches over entries that come later'
    : null
}

function holdsOnlyText(value: unknown, levels = DEPTH_MAX): boolean {
  if (typeof value === 'string') return isText(value)
  if (value === null || typeof value !== 'object') return true
  return (
    levels > 0 &&
    Object.entries(value).every(([name, part]) => isText(name) && holdsOnlyText(part, levels - 1))
  )
}

function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed()
}
