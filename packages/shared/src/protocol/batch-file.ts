// Batches in a file, for devices that no network reaches: each as its length (u32, little-endian) and its bytes, a
// length of 0 at the end. The same bytes as over MQTT, so that whoever reads them checks and applies them in the same
// way, as often as he likes.
import { FleetError } from '../errors/fleet-error.ts'
import { BATCH_BODY_MAX_BYTES, CONTROL_MAX_BYTES } from './bounds.ts'

export const BATCH_FILE_TYPE = 'application/vnd.sam3-fleet.batches'
/** The header's lease in a file: there is no session that could have another. */
export const BATCH_FILE_LEASE = 1

const LENGTH_BYTES = 4
/** A batch is its header and a body that is at most this large before it is compressed. */
const FRAME_MAX_BYTES = CONTROL_MAX_BYTES + BATCH_BODY_MAX_BYTES

const END_LENGTH = 0
const AGAIN = 'Export it again from the device: it keeps everything until the centre itself has confirmed it.'

/** What ends a file: without it somebody's copy of the file stopped half way, though between two batches. */
export function endOfBatchFile(): Uint8Array {
  return new Uint8Array(LENGTH_BYTES)
}

/** One encoded batch as it stands in a file. */
export function frameBatch(batch: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH_BYTES + batch.byteLength)
  new DataView(framed.buffer).setUint32(0, batch.byteLength, true)
  framed.set(batch, LENGTH_BYTES)
  return framed
}

/**
 * The encoded batches of a file, one after the other, however it is cut into chunks; holds one batch at a time.
 * @throws FleetError INVALID_INPUT when a length is beyond what a batch may have, the end is missing or not the end.
 */
export async function* readBatchFile(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let rest: Uint8Array = new Uint8Array(0)
  let ended = false
  for await (const chunk of chunks) {
    rest = join(rest, chunk)
    while (!ended) {
      const length = lengthOf(rest)
      if (length === null || length > rest.byteLength - LENGTH_BYTES) break
      const batch = rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
      rest = rest.subarray(LENGTH_BYTES + length)
      if (length === END_LENGTH) ended = true
      else yield batch
    }
    if (ended && rest.byteLength > 0)
      throw new FleetError('INVALID_INPUT', 'the file goes on after its end', { hint: AGAIN })
  }
  if (!ended) throw new FleetError('INVALID_INPUT', 'the file is cut short', { hint: AGAIN })
}

/** Of the first batch; null while its length is not whole. */
function lengthOf(bytes: Uint8Array): number | null {
  if (bytes.byteLength < LENGTH_BYTES) return null
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (length > FRAME_MAX_BYTES)
    throw new FleetError('INVALID_INPUT', 'this is not a file of batches', {
      hint: 'A device makes one: GET /api/v1/export?format=fleet. If this is one, it is damaged: export it again.',
    })
  return length
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second
  const whole = new Uint8Array(first.byteLength + second.byteLength)
  whole.set(first)
  whole.set(second, first.byteLength)
  return whole
}
