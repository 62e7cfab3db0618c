// Batches sent and not yet settled: which entries they hold, when they went out, how often.
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import type { OutboxLane } from '../store/outbox.ts'

export interface SentBatch {
  batchId: string
  lane: OutboxLane
  seqs: number[]
  vectorHashes: string[]
  bytes: number
  sentAtMs: number
  /** Times that these entries were sent. */
  attempts: number
}

export class InFlight {
  readonly #batches = new Map<string, SentBatch>()

  get size(): number {
    return this.#batches.size
  }

  get bytes(): number {
    return [...this.#batches.values()].reduce((sum, batch) => sum + batch.bytes, 0)
  }

  /** Vectors that a batch under way brings already. */
  vectors(): ReadonlySet<string> {
    return new Set([...this.#batches.values()].flatMap((batch) => batch.vectorHashes))
  }

  add(batch: SentBatch): void {
    this.#batches.set(batch.batchId, batch)
  }

  clear(): void {
    this.#batches.clear()
  }

  /**
   * Takes out what an ack settles. `unsettled` is the batch that it answers, when the centre could not take all of
   * it; `answered` is the same batch when it was settled whole.
   */
  settle(ack: Pick<Ack, 'hwm' | 'ranges' | 'batchId'>): {
    answered: SentBatch | null
    unsettled: SentBatch | null
  } {
    const isSettled = (seq: number): boolean =>
      seq <= ack.hwm || ack.ranges.some(([from, to]) => seq >= from && seq <= to)
    const named = ack.batchId === null ? undefined : this.#batches.get(ack.batchId)
    for (const [id, batch] of this.#batches) {
      if (batch.seqs.every(isSettled)) this.#batches.delete(id)
    }
    if (!named) return { answered: null, unsettled: null }
    const whole = named.seqs.every(isSettled)
    if (!whole) this.#batches.delete(named.batchId)
    return whole ? { answered: named, unsettled: null } : { answered: null, unsettled: named }
  }

  /** Takes out the batches for which `isOverdue` says so. */
  takeOverdue(isOverdue: (batch: SentBatch) => boolean): SentBatch[] {
    const overdue = [...this.#batches.values()].filter(isOverdue)
    for (const batch of overdue) this.#batches.delete(batch.batchId)
    return overdue
  }
}
