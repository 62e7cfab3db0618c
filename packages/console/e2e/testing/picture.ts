// A picture of one colour with a band across it, as PNG bytes: crops that a browser really decodes.
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** 8 bits, RGB (PNG specification, 11.2.2). */
const BIT_DEPTH = 8
const COLOUR_RGB = 2

export type Rgb = readonly [number, number, number]

export function pictureOf({ width, height, rgb }: { width: number; height: number; rgb: Rgb }): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = BIT_DEPTH
  header[9] = COLOUR_RGB
  const rows = Array.from({ length: height }, (_, y) => {
    const light = Math.abs(y / height - 0.5) < 0.18 ? 1 : 0.35
    const pixels = Array.from({ length: width }, () => rgb.map((part) => Math.round(part * light))).flat()
    // Each row begins with its filter: none.
    return Buffer.from([0, ...pixels])
  })
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body])
  const framed = Buffer.alloc(8 + named.length)
  framed.writeUInt32BE(body.length, 0)
  named.copy(framed, 4)
  framed.writeUInt32BE(crc32(named), 4 + named.length)
  return framed
}
