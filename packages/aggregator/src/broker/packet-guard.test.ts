import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPacketGuard } from './packet-guard.ts'

const MAX_BYTES = 1_000

/** A PUBLISH at QoS 0 to the topic "t", byte by byte (MQTT 3.1.1, sections 2.2.3 and 3.3). */
function publish(payloadBytes: number): Buffer {
  const length: number[] = []
  for (let left = payloadBytes + 3; ; left = Math.floor(left / 128)) {
    length.push(left < 128 ? left : (left % 128) | 0x80)
    if (left < 128) break
  }
  return Buffer.from([0x30, ...length, 0, 1, 0x74, ...new Uint8Array(payloadBytes).fill(0xff)])
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const edges = [0, ...at.map((one) => one % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

test('packets within the bound pass unchanged, however TCP cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: MAX_BYTES - 3 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (sizes, cuts) => {
        const sent = Buffer.concat(sizes.map(publish))
        const guard = createPacketGuard(MAX_BYTES)
        const received = buffer(guard)
        for (const piece of cut(sent, cuts)) guard.write(piece)
        guard.end()
        expect((await received).equals(sent)).toBe(true)
      },
    ),
  )
})

test('the header alone of a packet that is too large is enough to refuse it', async () => {
  const guard = createPacketGuard(MAX_BYTES)
  guard.resume()
  const refused = once(guard, 'error')
  guard.write(publish(10))
  guard.write(publish(MAX_BYTES).subarray(0, 3))
  expect(String(await refused)).toContain('1000 are allowed')
})

test('a length that never ends is refused', async () => {
  const guard = createPacketGuard(Number.MAX_SAFE_INTEGER)
  const refused = once(guard, 'error')
  guard.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))
  expect(String(await refused)).toContain('malformed')
})
