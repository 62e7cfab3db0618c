// An id in, its half of the truth set out: thresholds are chosen on tune and reported on test. Always the same half for
// the same id, as it is the first bit of the id's SHA-256.
import { createHash } from 'node:crypto'

export type Half = 'tune' | 'test'

/** Bit 0 is tune, bit 1 is test. */
export function halfOf(id: string): Half {
  return ((createHash('sha256').update(id).digest()[0] ?? 0) & 0x80) === 0 ? 'tune' : 'test'
}
