import { expect, test } from 'vitest'
import { webpSize } from './webp-size.ts'

function header(chunk: string, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.write(`RIFF\0\0\0\0WEBP${chunk}`, 0, 'latin1')
  fill(bytes)
  return bytes
}

test('each of the three kinds says its size', () => {
  const lossy = header('VP8 ', (bytes) => {
    bytes.writeUInt16LE(640, 26)
    bytes.writeUInt16LE(360, 28)
  })
  const lossless = header('VP8L', (bytes) => bytes.writeUInt32LE(639 | (359 << 14), 21))
  const extended = header('VP8X', (bytes) => {
    bytes.writeUIntLE(639, 24, 3)
    bytes.writeUIntLE(359, 27, 3)
  })
  for (const bytes of [lossy, lossless, extended])
    expect(webpSize(bytes)).toEqual({ width: 640, height: 360 })
})

test('what is no WebP has no size', () => {
  expect(webpSize(Buffer.from('\x89PNG\r\n\x1a\n'))).toBeNull()
  expect(webpSize(Buffer.alloc(64))).toBeNull()
})
