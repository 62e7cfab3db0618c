// A payload from the broker in; the batch, or why it is none, out. What is under another's topic is never read.
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import type { Batch, BatchHeader } from '@sam3-fleet/shared/protocol/batch'
import { decodeBatch, decodeBatchHeader } from '@sam3-fleet/shared/protocol/batch-codec'

export type ReadHeader = { kind: 'header'; header: BatchHeader } | { kind: 'foreign'; reason: string }
export type ReadBody = { kind: 'batch'; batch: Batch } | { kind: 'damaged'; reason: string }

/** The header alone: cheap, and nothing is unpacked. */
export function readHeader(deviceId: string, payload: Uint8Array): ReadHeader {
  try {
    const { header } = decodeBatchHeader(payload)
    if (header.deviceId === deviceId) return { kind: 'header', header }
    return { kind: 'foreign', reason: 'the batch is of another device than its topic' }
  } catch (thrown) {
    return { kind: 'foreign', reason: toFleetError(thrown).message }
  }
}

export function readBody(payload: Uint8Array): ReadBody {
  try {
    return { kind: 'batch', batch: decodeBatch(payload, nodeBinaryTools).batch }
  } catch (thrown) {
    return { kind: 'damaged', reason: toFleetError(thrown).message }
  }
}
