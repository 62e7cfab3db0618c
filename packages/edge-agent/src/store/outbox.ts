// Contract: the durable, ordered log of what the centre must learn. seq is gapless inside an epoch.
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import type { Ack, Durability } from '@sam3-fleet/shared/protocol/ack'
import type { Batch } from '@sam3-fleet/shared/protocol/batch'
import type { EntryKind } from '@sam3-fleet/shared/protocol/entry'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'

export interface OutboxPosition {
  epoch: string
  /** Highest seq issued; 0 before the first. */
  maxSeq: number
  /** Lowest seq that can still be sent. */
  minSeq: number
  lastAck: { incarnation: string; hwm: number; hash: string | null; durability: Durability | null } | null
}

/** Sightings, sources and tombstones go before crops, whatever their numbers are. */
export type OutboxLane = 'things' | 'media'

export interface OutboxRead {
  lane: OutboxLane
  afterSeq: number
  /** Inclusive; for sending a lost batch again. */
  upToSeq?: number
  maxBytes: number
  maxEntries: number
  /** Vectors that are on their way already in an earlier batch of this connection. */
  vectorsUnderWay: ReadonlySet<string>
}

export interface OutboxBacklog {
  entries: number
  bytes: number
  oldestMs: number | null
  /** Acked process_safe only, still held. */
  heldEntries: number
  heldBytes: number
}

/** Enqueues inside the caller's transaction; the one way into the outbox. Returns the seq it was given. */
export type EnqueueEntry = (entry: {
  kind: EntryKind
  id: string
  version: number
  state: unknown
  payloadBytes: number
}) => number

export interface Outbox {
  position(): OutboxPosition
  backlog(): OutboxBacklog
  /**
   * Next unacked entries of a lane with the vectors and crops that the centre is not known to hold, within the bounds
   * (one entry at least). Only committed rows are read (rule A1 ii). Null when there is nothing.
   */
  read(request: OutboxRead): Batch | null
  /** Records an ack in its own transaction; never deletes (purge does, later). Ignores other epochs. */
  applyAck(ack: Ack): void
  /** Takes over the centre's mark after a hello; rewinds when the incarnation changed or its mark is lower (rule A8). */
  applyWelcome(welcome: Welcome): void
  /** Mints an epoch and enqueues the newest version of everything again (rules A1, A2). */
  mintEpoch(reason: string): void
  /** Deletes what may go: acked power_safe, or held bytes above the cap, oldest first. Returns entries deleted. */
  purge(holdMaxBytes: number): number
  /** Called after each commit that enqueued something. Returns the way to stop listening. */
  onEnqueued(listener: () => void): () => void
  spaces(): EmbeddingSpace[]
}
