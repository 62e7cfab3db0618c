// Batches from the broker in, acks out. Each device has a short queue of its own and its turn; an ack is sent after the
// commit and says what the database says, nothing else (rules A6, A7).
import type { Logger } from 'pino'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import type { BatchHeader } from '@sam3-fleet/shared/protocol/batch'
import { BATCH_MAX_BYTES, SEND_WINDOW_BATCHES } from '@sam3-fleet/shared/protocol/bounds'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../database/database.ts'
import { insertIncident } from '../store/write-things.ts'
import { readHeader } from './read-batch.ts'
import {
  forgetOldAttempts,
  noteAttempts,
  settleBatches,
  type QueuedBatch,
  type SettledBatch,
} from './settle-batches.ts'

/** Batches of one device that may wait: its window, and as many resends. */
const QUEUE_MAX_BATCHES = 2 * SEND_WINDOW_BATCHES
/** Bytes that a device may have under way while its queue is empty. */
const CREDIT_BYTES = SEND_WINDOW_BATCHES * BATCH_MAX_BYTES
/** A batch on the wire is at most this; codec bounds what it unpacks to. */
const WIRE_MAX_BYTES = 4 * BATCH_MAX_BYTES
/** Milliseconds before a batch is tried again after the database failed. */
const RETRY_MS = { base: 200, cap: 10_000 }
/** Batches and bytes that share one transaction, and with it one wait for the disk; beyond it the gain is small. */
const GROUP_MAX_BATCHES = 16
const GROUP_MAX_BYTES = 2 * 1024 * 1024

interface Arrived {
  deviceId: string
  payload: Uint8Array
}

export interface IngestDeps {
  database: Database
  tenantId: string
  incarnation: string
  publish: (topic: string, payload: Uint8Array) => Promise<void>
  clock: Clock
  log: Logger
}

export interface Ingest {
  /** Takes a batch into the device's queue; a full queue drops it, and the device sends it again. */
  onBatch(deviceId: string, payload: Uint8Array): void
  run(signal: AbortSignal): Promise<void>
  readonly queued: number
}

export function createIngest(deps: IngestDeps): Ingest {
  const queues = new Map<string, Uint8Array[]>()
  let queued = 0
  let wake: () => void = () => undefined

  /** The device that waited longest gives its oldest batch. */
  function takeOne(): Arrived | null {
    for (const [deviceId, queue] of queues) {
      queues.delete(deviceId)
      const payload = queue.shift()
      if (queue.length > 0) queues.set(deviceId, queue)
      if (!payload) continue
      queued -= 1
      return { deviceId, payload }
    }
    return null
  }

  function takeGroup(): Arrived[] {
    const group: Arrived[] = []
    let bytes = 0
    while (group.length < GROUP_MAX_BATCHES && bytes < GROUP_MAX_BYTES) {
      const next = takeOne()
      if (!next) break
      group.push(next)
      bytes += next.payload.byteLength
    }
    return group
  }

  /** Until the database took them: while it is away there is no ack, and the same batches are tried again (rule A9). */
  async function work(group: readonly Arrived[], signal: AbortSignal): Promise<void> {
    const batches: QueuedBatch[] = []
    const foreign: (Arrived & { reason: string })[] = []
    for (const { deviceId, payload } of group) {
      const read = readHeader(deviceId, payload)
      if (read.kind === 'header') batches.push({ deviceId, header: read.header, payload })
      else foreign.push({ deviceId, payload, reason: read.reason })
    }
    let noted: number[] | null = null
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        for (; foreign[0]; foreign.shift()) await record(deps, foreign[0])
        noted ??= await noteAttempts(deps, batches)
        await answerAll(await settleBatches(deps, batches, noted))
        return
      } catch (thrown) {
        const devices = new Set(group.map(({ deviceId }) => deviceId))
        deps.log.error(
          { err: toFleetError(thrown), devices: [...devices], attempt },
          'batches could not be stored yet',
        )
        await deps.clock
          .sleep(Math.min(RETRY_MS.cap, RETRY_MS.base * 2 ** attempt), signal)
          .catch(() => undefined)
      }
    }
  }

  async function answerAll(settled: readonly SettledBatch[]): Promise<void> {
    for (const { header, answer } of settled) {
      const { deviceId, epoch, lease } = header
      if (answer) await sendAck(deps, header, answer, creditOf(queues.get(deviceId)))
      else deps.log.info({ deviceId, epoch, lease }, 'ignored a batch of an older connection')
    }
  }

  return {
    get queued() {
      return queued
    },
    onBatch(deviceId, payload) {
      const queue = queues.get(deviceId) ?? []
      if (queue.length >= QUEUE_MAX_BATCHES || payload.byteLength > WIRE_MAX_BYTES) return
      queue.push(payload)
      queued += 1
      queues.set(deviceId, queue)
      wake()
    },
    async run(signal) {
      signal.addEventListener('abort', () => wake(), { once: true })
      await forgetOldAttempts(deps).catch((thrown: unknown) =>
        deps.log.warn({ err: toFleetError(thrown) }, 'old attempts at batches stay noted'),
      )
      while (!signal.aborted) {
        const arrived = new Promise<void>((resolve) => (wake = resolve))
        const group = takeGroup()
        if (group.length > 0) await work(group, signal)
        else await arrived
      }
    },
  }
}

/** Somebody's bytes under another's topic, or no batch at all: recorded, never answered. */
async function record(
  deps: IngestDeps,
  { deviceId, payload, reason }: Arrived & { reason: string },
): Promise<void> {
  const { database, tenantId } = deps
  await insertIncident(database, { tenantId, deviceId }, 'foreign_or_unreadable_batch', {
    bytes: payload.byteLength,
    sha256: sha256Hex(payload),
    reason,
  })
}

async function sendAck(
  deps: IngestDeps,
  { deviceId, epoch, lease, batchId }: BatchHeader,
  answer: NonNullable<SettledBatch['answer']>,
  creditBytes: number,
): Promise<void> {
  const ack: Ack = {
    v: PROTOCOL_VERSION,
    deviceId,
    epoch,
    lease,
    incarnation: deps.incarnation,
    batchId,
    ...answer,
    durability: deps.database.durability,
    creditBytes,
  }
  // A lost ack costs a resend, nothing more: the next one says the same and more.
  await deps.publish(topics.down(deviceId, 'ack'), Buffer.from(JSON.stringify(ack))).catch(() => undefined)
}

function creditOf(queue: Uint8Array[] | undefined): number {
  const waiting = queue?.length ?? 0
  return Math.max(0, CREDIT_BYTES - waiting * BATCH_MAX_BYTES)
}
