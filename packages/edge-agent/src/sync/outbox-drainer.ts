// Sends the outbox to the centre: a window of batches, credit from the centre, resends with backoff. Level-triggered:
// what is unacked is looked at again and again, no event is needed to get it going (rules A5, A13, A14).
import { randomUUID } from 'node:crypto'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { encodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { BATCH_MAX_BYTES, BATCH_MAX_ENTRIES, SEND_WINDOW_BATCHES } from '@sam3-fleet/shared/protocol/bounds'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Outbox, OutboxLane, OutboxRead } from '../store/outbox.ts'
import { fullJitterMs } from '@sam3-fleet/shared/time/backoff'
import { InFlight, type SentBatch } from './in-flight.ts'
import type { MqttLink } from './mqtt-link.ts'
import { createRoundTrip } from './round-trip.ts'

/** Milliseconds between two looks at what is unacked; well below the 15 s of rule A14. */
export const LOOK_INTERVAL_MS = 1_000
/** Milliseconds that new entries may gather before they are sent, so that a busy device sends fewer batches. */
const GATHER_MS = 50
/** A batch that the centre could not take is sent again after this, with jitter, growing with its attempts. */
const REFUSED_RETRY = { baseMs: 500, capMs: 30_000 }

export interface DrainerSession {
  lease: number
  epoch: string
  creditBytes: number
}

export interface DrainerCounters {
  sentEntries: number
  sentBytes: number
  resentBatches: number
  inFlightBatches: number
}

export interface OutboxDrainer {
  run(signal: AbortSignal): Promise<void>
  /** The centre said welcome: sending may begin, from the first unacked entry. */
  open(session: DrainerSession): void
  /** The link is down: nothing is sent until the next welcome. */
  close(): void
  onAck(ack: Ack): void
  counters(): DrainerCounters
}

export interface OutboxDrainerOptions {
  deviceId: string
  outbox: Outbox
  link: Pick<MqttLink, 'publish'>
  clock: Clock
  random: () => number
}

export function createOutboxDrainer(options: OutboxDrainerOptions): OutboxDrainer {
  const { outbox, clock } = options
  const inFlight = new InFlight()
  const roundTrip = createRoundTrip()
  const counters = { sentEntries: 0, sentBytes: 0, resentBatches: 0 }
  let session: DrainerSession | null = null
  let cursor: Record<OutboxLane, number> = { things: 0, media: 0 }
  let retries: { batch: SentBatch; dueMs: number }[] = []
  let wake: () => void = () => undefined

  function send(
    request: Pick<OutboxRead, 'lane' | 'afterSeq'> & { upToSeq?: number; maxBytes?: number },
    attempts: number,
  ): SentBatch | null {
    if (!session) return null
    const batch = outbox.read({
      maxBytes: BATCH_MAX_BYTES,
      maxEntries: BATCH_MAX_ENTRIES,
      // A batch sent again brings its vectors again: the one that was to bring them may be the one that got lost.
      vectorsUnderWay: attempts > 1 ? new Set() : inFlight.vectors(),
      ...request,
    })
    if (!batch) return null
    const batchId = randomUUID()
    const envelope = {
      v: PROTOCOL_VERSION,
      deviceId: options.deviceId,
      epoch: session.epoch,
      lease: session.lease,
      batchId,
    }
    const payload = encodeBatch(envelope, batch, nodeBinaryTools)
    const sent: SentBatch = {
      batchId,
      lane: request.lane,
      seqs: batch.entries.map((entry) => entry.seq),
      vectorHashes: batch.vectors.flatMap((block) => block.hashes),
      bytes: payload.byteLength,
      sentAtMs: clock.monotonicMs(),
      attempts,
    }
    inFlight.add(sent)
    counters.sentEntries += batch.entries.length
    counters.sentBytes += payload.byteLength
    if (attempts > 1) counters.resentBatches += 1
    // PUBACK says nothing (aedes sends it before it stores); a failed publish is found by the missing ack.
    options.link.publish(topics.up(options.deviceId, 'batch'), payload, { qos: 1 }).catch(() => undefined)
    return sent
  }

  function resend(batch: SentBatch): void {
    const first = batch.seqs[0] as number
    const last = batch.seqs.at(-1) as number
    // After two tries in one piece it goes in halves: one bad entry must not hold up the rest (rule A10).
    const maxBytes = Math.max(1, Math.floor(BATCH_MAX_BYTES / 2 ** Math.max(0, batch.attempts - 2)))
    let afterSeq = first - 1
    while (afterSeq < last) {
      const sent = send({ lane: batch.lane, afterSeq, upToSeq: last, maxBytes }, batch.attempts + 1)
      if (!sent) return
      afterSeq = sent.seqs.at(-1) as number
    }
  }

  function resendOverdue(): void {
    const nowMs = clock.monotonicMs()
    for (const batch of inFlight.takeOverdue(
      (sent) => nowMs - sent.sentAtMs > roundTrip.timeoutMs(sent.attempts),
    ))
      resend(batch)
    const due = retries.filter((retry) => retry.dueMs <= nowMs)
    retries = retries.filter((retry) => retry.dueMs > nowMs)
    for (const { batch } of due) resend(batch)
  }

  function fillWindow(): void {
    while (session && inFlight.size < SEND_WINDOW_BATCHES && inFlight.bytes < session.creditBytes) {
      const sent =
        send({ lane: 'things', afterSeq: cursor.things }, 1) ??
        send({ lane: 'media', afterSeq: cursor.media }, 1)
      if (!sent) return
      cursor[sent.lane] = sent.seqs.at(-1) as number
    }
  }

  return {
    async run(signal) {
      const stopListening = outbox.onEnqueued(() => wake())
      while (!signal.aborted) {
        if (session) {
          resendOverdue()
          fillWindow()
        }
        const round = new AbortController()
        const woken = new Promise<void>((resolve) => (wake = resolve))
        const timer = clock
          .sleep(LOOK_INTERVAL_MS, AbortSignal.any([signal, round.signal]))
          .catch(() => undefined)
        await Promise.race([woken, timer])
        round.abort()
        await clock.sleep(GATHER_MS, signal).catch(() => undefined)
      }
      stopListening()
    },

    open(next) {
      session = next
      inFlight.clear()
      retries = []
      cursor = { things: 0, media: 0 }
      wake()
    },

    close() {
      session = null
      inFlight.clear()
      retries = []
    },

    onAck(ack) {
      if (!session || ack.epoch !== session.epoch || ack.lease !== session.lease) return
      session.creditBytes = ack.creditBytes
      outbox.applyAck(ack)
      const { answered, unsettled } = inFlight.settle(ack)
      if (answered?.attempts === 1) roundTrip.observe(clock.monotonicMs() - answered.sentAtMs)
      if (unsettled) {
        const delayMs = fullJitterMs(unsettled.attempts - 1, REFUSED_RETRY, options.random)
        retries.push({ batch: unsettled, dueMs: clock.monotonicMs() + delayMs })
      }
      wake()
    },

    counters: () => ({ ...counters, inFlightBatches: inFlight.size }),
  }
}
