// Tells where a recording jumps to another shot: nobody walks on through a cut, so tracks must not either. Looks at the
// small picture that the detector gets anyway: its brightness as a whole and in blocks must both have changed.
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'

/** Every so many pixels in both directions are read: 2,000 of 416 x 312. */
const SAMPLE_STEP = 8
const HISTOGRAM_BINS = 32
const BLOCKS_PER_SIDE = 8
/**
 * Both limits from the test clips at 1 to 10 looks a second. Part of the pixels whose brightness moved to another bin:
 * cuts have .22 to .74; a street camera stays below .05, a car that fills half of the picture makes .15 to .25.
 */
const HISTOGRAM_CHANGE_MIN = 0.2
/** Mean change of the blocks' brightness, 0..255: cuts have 38 to 73, the street 5, that car 18 to 41. */
const BLOCK_CHANGE_MIN = 34

interface Look {
  histogram: Float32Array
  blocks: Float32Array
}

export interface CutDetector {
  /** Whether this frame belongs to another shot than the one before; false for the first. */
  isCut(frame: Pick<DetectorFrame, 'input' | 'letterbox'>): boolean
}

export function createCutDetector(): CutDetector {
  let before: Look | null = null
  return {
    isCut(frame) {
      const now = lookAt(frame)
      const { histogramChange, blockChange } = before ? changeOf(before, now) : NO_CHANGE
      before = now
      return histogramChange >= HISTOGRAM_CHANGE_MIN && blockChange >= BLOCK_CHANGE_MIN
    },
  }
}

const NO_CHANGE = { histogramChange: 0, blockChange: 0 }

/** The picture alone: its padding never changes and would hide how much the picture did. */
function lookAt({ input, letterbox: { padX, padY } }: Pick<DetectorFrame, 'input' | 'letterbox'>): Look {
  const { data } = input
  const [width, height] = [input.width - 2 * padX, input.height - 2 * padY]
  const histogram = new Float32Array(HISTOGRAM_BINS)
  const blocks = new Float32Array(BLOCKS_PER_SIDE ** 2)
  const perBlock = new Float32Array(BLOCKS_PER_SIDE ** 2)
  let samples = 0
  for (let y = SAMPLE_STEP >> 1; y < height; y += SAMPLE_STEP) {
    for (let x = SAMPLE_STEP >> 1; x < width; x += SAMPLE_STEP) {
      const at = ((padY + y) * input.width + padX + x) * 3
      // Rec. 601 luma in integers.
      const luma =
        ((data[at] as number) * 77 + (data[at + 1] as number) * 150 + (data[at + 2] as number) * 29) >> 8
      const bin = (luma * HISTOGRAM_BINS) >> 8
      const block =
        Math.floor((y * BLOCKS_PER_SIDE) / height) * BLOCKS_PER_SIDE +
        Math.floor((x * BLOCKS_PER_SIDE) / width)
      histogram[bin] = (histogram[bin] as number) + 1
      blocks[block] = (blocks[block] as number) + luma
      perBlock[block] = (perBlock[block] as number) + 1
      samples += 1
    }
  }
  return {
    histogram: histogram.map((count) => count / samples),
    blocks: blocks.map((sum, block) => sum / Math.max(1, perBlock[block] as number)),
  }
}

function changeOf(a: Look, b: Look): { histogramChange: number; blockChange: number } {
  const difference = (from: Float32Array, to: Float32Array): number =>
    from.reduce((sum, value, n) => sum + Math.abs(value - (to[n] as number)), 0)
  return {
    histogramChange: difference(a.histogram, b.histogram) / 2,
    blockChange: difference(a.blocks, b.blocks) / a.blocks.length,
  }
}
