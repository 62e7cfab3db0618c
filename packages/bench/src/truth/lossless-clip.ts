// RGB pictures in, a clip of exactly these pixels out (FFV1 in Matroska): what a camera would send of them.
import { Encoder, Frame, Muxer, Rational } from 'node-av'
import { AV_PIX_FMT_BGR0, FF_ENCODER_FFV1 } from 'node-av/constants'

/** Pictures that an encoder may still read: one for each of its threads, and more. */
const IN_USE_MAX = 32

export interface RgbPicture {
  width: number
  height: number
  /** Three bytes a pixel. */
  rgb: Uint8Array
}

/** All pictures must have the size of the first. @param fps frames a second, whole */
export async function writeLosslessClip(
  path: string,
  pictures: AsyncIterable<RgbPicture> | Iterable<RgbPicture>,
  fps: number,
): Promise<void> {
  const timeBase = new Rational(1, fps)
  await using muxer = await Muxer.open(path, { format: 'matroska' })
  using encoder = await Encoder.create(FF_ENCODER_FFV1, {
    context: { timeBase, framerate: new Rational(fps, 1) },
  })
  const stream = muxer.addStream(encoder)
  let pts = 0n
  // A frame reads these bytes, also after it was handed on, but does not keep them from being collected.
  const inUse: Buffer[] = []
  for await (const { width, height, rgb } of pictures) {
    const bytes = toBgr0(rgb)
    inUse.push(bytes)
    if (inUse.length > IN_USE_MAX) inUse.shift()
    using frame = Frame.fromVideoBuffer(bytes, {
      width,
      height,
      format: AV_PIX_FMT_BGR0,
      timeBase,
      pts: pts++,
    })
    for (const packet of await encoder.encodeAll(frame)) {
      await muxer.writePacket(packet, stream)
      packet.free()
    }
  }
  for await (const packet of encoder.flushPackets()) {
    await muxer.writePacket(packet, stream)
    packet.free()
  }
  inUse.length = 0
}

/** The one order of RGB that FFV1 keeps as it is. */
function toBgr0(rgb: Uint8Array): Buffer {
  const bgr0 = Buffer.alloc((rgb.length / 3) * 4)
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    bgr0[to] = rgb[from + 2] as number
    bgr0[to + 1] = rgb[from + 1] as number
    bgr0[to + 2] = rgb[from] as number
  }
  return bgr0
}
