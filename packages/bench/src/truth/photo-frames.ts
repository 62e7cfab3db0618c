// Wanted frames of a clip or photo, by the product's own decoder: what is measured is what a device sees.
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import type { DetectorFrame, DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'

/** More than any clip has: the wanted frames are picked by their numbers. */
const EVERY_FRAME_FPS = 60
/** Only as large as decoding needs, for measures that detect nothing. */
const SMALLEST_INPUT: DetectorInputSize = { width: 32, height: 32, multipleOf: 32, padValue: 0 }

export interface OpenedFrame {
  frameIdx: number
  frame: DetectorFrame
  /** Size in pixels that labels refer to: after rotation, before scaling. */
  width: number
  height: number
}

/** In the order of the file, each once. @throws when the file lacks one of them. */
export async function* openFrames(
  path: string,
  wanted: readonly number[],
  input: DetectorInputSize = SMALLEST_INPUT,
): AsyncGenerator<OpenedFrame, void, void> {
  const left = new Set(wanted)
  await using source = await openAvFrameSource({
    uri: path,
    kind: 'file',
    detectFps: EVERY_FRAME_FPS,
    input,
    queueMax: 1,
    signal: new AbortController().signal,
  })
  const { width, height } = source.info
  for await (const { frame, frameIdx } of source.frames(0)) {
    if (!left.delete(frameIdx)) continue
    yield { frameIdx, frame, width, height }
    if (left.size === 0) return
  }
  throw new Error(`${path} has no frame ${[...left].join(', ')}`)
}
