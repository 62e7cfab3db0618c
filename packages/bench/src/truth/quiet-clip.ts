// A part of a fixed camera's recording in, a clip of that part alone out: a quiet camera, which no package ships. Its
// frames keep their numbers and times, so that labels of the whole recording are labels of the part.
import { Decoder, Demuxer, Encoder, FilterAPI, Muxer, Rational } from 'node-av'
import { FF_ENCODER_LIBX264 } from 'node-av/constants'

/** So good that it cannot be told from the recording, in the form that cameras send. */
const X264_OPTIONS = { crf: 10, preset: 'medium', g: 50, bf: 0, log_level_offset: 24 } as const

/** `[x, y, w, h]` in pixels of the recording. */
export type PixelBox = readonly [number, number, number, number]

export interface QuietClipOptions {
  recording: string
  crop: PixelBox
  clip: string
  /** Frames a second of the recording, whole. */
  fps: number
}

export async function writeQuietClip({ recording, crop, clip, fps }: QuietClipOptions): Promise<void> {
  const [x, y, width, height] = crop
  const timeBase = new Rational(1, fps)
  await using demuxer = await Demuxer.open(recording)
  const stream = demuxer.video()
  if (!stream) throw new Error(`${recording} has no video stream`)
  using decoder = await Decoder.create(stream)
  // In RGB first: colours of half the size could not be cut at an odd pixel.
  using part = FilterAPI.create(`format=rgb24,crop=${width}:${height}:${x}:${y},format=yuv420p`)
  await using muxer = await Muxer.open(clip, { format: 'matroska' })
  using encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    context: { timeBase, framerate: new Rational(fps, 1) },
    options: X264_OPTIONS,
  })
  const output = muxer.addStream(encoder)
  let pts = 0n
  for (const frame of decoder.framesSync(demuxer.packetsSync(stream.index))) {
    if (!frame) continue
    for (const cut of part.processAllSync(frame)) {
      cut.pts = pts++
      cut.timeBase = timeBase
      for (const packet of await encoder.encodeAll(cut)) {
        await muxer.writePacket(packet, output)
        packet.free()
      }
      cut.free()
    }
    frame.free()
  }
  for await (const packet of encoder.flushPackets()) {
    await muxer.writePacket(packet, output)
    packet.free()
  }
}
