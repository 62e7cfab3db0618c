// Watches the bytes of one MQTT connection and ends it at the first packet that announces more than it may have,
// before any of it is held in memory (fixed header: MQTT 3.1.1, section 2.2).
import { Transform } from 'node:stream'

/** Bytes of the "remaining length" field; a fifth is a protocol error. */
const LENGTH_FIELD_MAX_BYTES = 4

/** Passes everything on unchanged; errors at a packet of more than `maxBytes` after its fixed header. */
export function createPacketGuard(maxBytes: number): Transform {
  let skip = 0
  let lengthBytes = -1
  let length = 0

  function take(byte: number): Error | null {
    if (lengthBytes < 0) {
      lengthBytes = 0
      length = 0
      return null
    }
    length += (byte & 0x7f) * 128 ** lengthBytes
    lengthBytes += 1
    if (length > maxBytes) return new Error(`a packet of ${length} bytes; ${maxBytes} are allowed`)
    if (byte < 0x80) {
      skip = length
      lengthBytes = -1
      return null
    }
    return lengthBytes < LENGTH_FIELD_MAX_BYTES ? null : new Error('a malformed packet length')
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length;) {
        if (skip > 0) {
          const passed = Math.min(skip, chunk.length - at)
          skip -= passed
          at += passed
          continue
        }
        const error = take(chunk[at] as number)
        if (error) return done(error)
        at += 1
      }
      return done(null, chunk)
    },
  })
}
