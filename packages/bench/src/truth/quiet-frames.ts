// Labelled frames of a recording and what was kept of a part of it in, frames to be judged out. Pure.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { KeptDetection } from '../edge-world.ts'
import type { JudgedFrame } from './detection-measure.ts'
import type { PixelBox } from './quiet-clip.ts'
import type { LabelledFrame } from './truth-files.ts'

const PERSON = 'person'
/** People that are lower in the picture are asked of nobody. */
const HEIGHT_MIN_PIXELS = 40
/** Of a person that the part's edge cuts, this much must be left to be asked for. */
const LEFT_MIN = 0.5

export function judgeQuietFrames(
  frames: readonly LabelledFrame[],
  { crop }: { crop: PixelBox },
  kept: readonly KeptDetection[],
): JudgedFrame[] {
  const people = kept.filter(({ label }) => label === PERSON)
  return frames.map(({ frameIdx, boxes }) => ({
    found: people.filter((one) => one.frameIdx === frameIdx),
    truth: boxes
      .filter(({ label }) => label === PERSON)
      .map(({ box, ignore }) => ({ ...cutTo(crop, box), ignore, height: box[3] }))
      .filter(({ left }) => left > 0)
      .map(({ bbox, left, ignore, height }) => ({
        bbox,
        isIgnored: ignore || left < LEFT_MIN || height < HEIGHT_MIN_PIXELS,
      })),
  }))
}

/** A box of the recording in 0..1 of the part, and how much of it is left there. */
function cutTo([cropX, cropY, cropW, cropH]: PixelBox, [x, y, w, h]: PixelBox): { bbox: Bbox; left: number } {
  const [x1, y1] = [Math.max(x, cropX), Math.max(y, cropY)]
  const [x2, y2] = [Math.min(x + w, cropX + cropW), Math.min(y + h, cropY + cropH)]
  const [width, height] = [Math.max(0, x2 - x1), Math.max(0, y2 - y1)]
  return {
    bbox: [(x1 - cropX) / cropW, (y1 - cropY) / cropH, width / cropW, height / cropH],
    left: (width * height) / (w * h),
  }
}
