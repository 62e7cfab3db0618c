// Batches from the broker in, acks out. Each device has a short queue of its own and its turn; an ack is sent after the
// commit and says what the database says, nothing else (rules A6, A7).
import type { Logger } from 'pino'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { nodeBinaryTools, sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { decodeBatch, decodeBatchHeader } from '@sam3-fleet/shared/protocol/batch-codec'
import type { BatchHeader } from '@sam3-fleet/shared/protocol/batch'
import { ACK_MAX_RANGES, BATCH_MAX_BYTES, SEND_WINDOW_BATCHES } from '@sam3-fleet/shared/protocol/bounds'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../database/database.ts'
import { readMark } from '../store/write-receipts.ts'
import { insertIncident } from '../store/write-things.ts'
import { applyBatch, type Applied } from './apply-batch.ts'

/** Batches of one device that may wait: its window, and as many resends. */
const QUEUE_MAX_BATCHES = 2 * SEND_WINDOW_BATCHES
/** Bytes that a device may have under way while its queue is empty. */
const CREDIT_BYTES = SEND_WINDOW_BATCHES * BATCH_MAX_BYTES
/** A batch on the wire is at most this; codec bounds what it unpacks to. */
const WIRE_MAX_BYTES = 4 * BATCH_MAX_BYTES
/** Milliseconds before a batch is tried again after the database failed. */
const RETRY_MS = { base: 200, cap: 10_000 }
const NOTHING: Applied = { rejects: [], needVectors: [], needBlobs: [] }

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
  function take(): { deviceId: string; payload: Uint8Array } | null {
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

  async function work(deviceId: string, payload: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await ingestBatch(deps, deviceId, payload, creditOf(queues.get(deviceId)))
        return
      } catch (thrown) {
        // The database failed, not the batch: no ack, the same batch again (rule A9).
        deps.log.error({ err: toFleetError(thrown), deviceId, attempt }, 'a batch could not be stored yet')
        await deps.clock
          .sleep(Math.min(RETRY_MS.cap, RETRY_MS.base * 2 ** attempt), signal)
          .catch(() => undefined)
      }
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
      while (!signal.aborted) {
        const arrived = new Promise<void>((resolve) => (wake = resolve))
        const next = take()
        if (next) await work(next.deviceId, next.payload, signal)
        else await arrived
      }
    },
  }
}

async function ingestBatch(
  deps: IngestDeps,
  deviceId: string,
  payload: Uint8Array,
  creditBytes: number,
): Promise<void> {
  const { database, tenantId } = deps
  const read = readBatch(payload)
  if (read.header?.deviceId !== deviceId) {
    // Somebody's bytes under another's topic, or no batch at all: recorded, never answered.
    await insertIncident(database, { tenantId, deviceId }, 'foreign_or_unreadable_batch', {
      bytes: payload.byteLength,
      sha256: sha256Hex(payload),
      reason: read.reason,
    })
    return
  }
  const { header } = read
  const key = { tenantId, deviceId, epoch: header.epoch }
  if (!read.batch) {
    await insertIncident(database, { tenantId, deviceId }, 'damaged_batch', {
      epoch: header.epoch,
      fromSeq: header.fromSeq,
      toSeq: header.toSeq,
      reason: read.reason,
    })
    await sendAck(deps, header, NOTHING, creditBytes)
    return
  }
  const { batch } = read
  const applied = await database.transaction((tx) => applyBatch(tx, key, header.lease, batch))
  if (applied) await sendAck(deps, header, applied, creditBytes)
  else
    deps.log.info(
      { deviceId, epoch: header.epoch, lease: header.lease },
      'ignored a batch of an older connection',
    )
}

function readBatch(payload: Uint8Array): {
  header: BatchHeader | null
  batch: ReturnType<typeof decodeBatch>['batch'] | null
  reason: string
} {
  let header: BatchHeader | null = null
  try {
    header = decodeBatchHeader(payload).header
    return { ...decodeBatch(payload, nodeBinaryTools), reason: '' }
  } catch (thrown) {
    return { header, batch: null, reason: toFleetError(thrown).message }
  }
}

async function sendAck(
  deps: IngestDeps,
  header: BatchHeader,
  applied: Applied,
  creditBytes: number,
): Promise<void> {
  const { database, tenantId } = deps
  const { deviceId, epoch, lease, batchId } = header
  const ack: Ack = {
    v: PROTOCOL_VERSION,
    deviceId,
    epoch,
    lease,
    incarnation: deps.incarnation,
    batchId,
    ...(await readMark(database, { tenantId, deviceId, epoch }, ACK_MAX_RANGES)),
    ...applied,
    durability: database.durability,
    creditBytes,
  }
  // A lost ack costs a resend, nothing more: the next one says the same and more.
  await deps.publish(topics.down(deviceId, 'ack'), Buffer.from(JSON.stringify(ack))).catch(() => undefined)
}

function creditOf(queue: Uint8Array[] | undefined): number {
  const waiting = queue?.length ?? 0
  return Math.max(0, CREDIT_BYTES - waiting * BATCH_MAX_BYTES)
}
