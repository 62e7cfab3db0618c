// A clip or photo in, its frames out as plain RGB pictures, numbered in the order of decoding from 0 (as the product
// numbers them). A photo is one frame, number 0.
import { extname } from 'node:path'
import { Decoder, Demuxer, FilterAPI } from 'node-av'
import sharp, { type Sharp } from 'sharp'

const PHOTO_ENDINGS = new Set(['.jpg', '.jpeg', '.png'])

export interface ClipFrame {
  frameIdx: number
  width: number
  height: number
  /** Three bytes a pixel. */
  rgb: Buffer
}

/** @throws when the file has no video stream or does not have a wanted frame. */
export async function readFrames(path: string, wanted: readonly number[]): Promise<ClipFrame[]> {
  const found = PHOTO_ENDINGS.has(extname(path)) ? [await readPhoto(path)] : await decodeFrames(path, wanted)
  return wanted.map((frameIdx) => {
    const frame = found.find((one) => one.frameIdx === frameIdx)
    if (!frame) throw new Error(`${path} has no frame ${frameIdx}`)
    return frame
  })
}

export function asSharp({ rgb, width, height }: ClipFrame): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
}

async function readPhoto(path: string): Promise<ClipFrame> {
  const { data, info } = await sharp(path)
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { frameIdx: 0, width: info.width, height: info.height, rgb: data }
}

async function decodeFrames(path: string, wanted: readonly number[]): Promise<ClipFrame[]> {
  const last = Math.max(...wanted)
  const isWanted = new Set(wanted)
  const found: ClipFrame[] = []
  const demuxer = await Demuxer.open(path)
  const stream = demuxer.video()
  if (!stream) throw new Error(`${path} has no video stream`)
  const decoder = await Decoder.create(stream)
  const toRgb = FilterAPI.create('format=rgb24')
  try {
    let frameIdx = -1
    for (const frame of decoder.framesSync(demuxer.packetsSync(stream.index))) {
      if (!frame) continue
      frameIdx += 1
      if (frameIdx > last) break
      if (isWanted.has(frameIdx)) {
        const [converted] = toRgb.processAllSync(frame)
        if (!converted) throw new Error(`frame ${frameIdx} of ${path} could not be converted`)
        const { width, height } = converted
        found.push({ frameIdx, width, height, rgb: Buffer.from(converted.toBuffer()) })
        converted.free()
      }
      frame.free()
    }
  } finally {
    toRgb.close()
    decoder.close()
    await demuxer.close()
  }
  return found
}
