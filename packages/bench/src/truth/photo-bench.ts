// The labelled photos through the product's decoder and detector, and through a plain square input beside it: what part
// of the labelled things is found at the precision that is asked for. Each half of the labels by itself.
import { join } from 'node:path'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import type { DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import { lookTwice } from '@sam3-fleet/models/detect/look-twice'
import { recallAtPrecision, type DetectionMeasure } from './detection-measure.ts'
import { openFrames } from './photo-frames.ts'
import { judgePhoto, type FoundInPhoto, type PhotoFrames } from './photo-judge.ts'
import { readPhotoTruths, type Half } from './truth-files.ts'

const PRECISION_MIN = 0.95
/** As NanoDet's own demo draws boxes. */
const NAIVE_CONFIDENCE_MIN = 0.4

export interface PhotosOptions {
  pack: OpenPack
  evalDir: string
  photosDir: string
}

export interface PhotosMeasure {
  /** By place alone. */
  places: DetectionMeasure
  /** The right name, too. */
  kinds: DetectionMeasure
}

export interface PhotosHalf {
  photos: number
  /** Every box that the pack gives: from its low threshold up. */
  product: PhotosMeasure
  naive: PhotosMeasure
}

export interface PhotosResult {
  halves: Record<Half, PhotosHalf>
}

interface JudgedPhoto {
  half: Half
  product: PhotoFrames
  naive: PhotoFrames
}

const lookOnce: typeof lookTwice = (detector, frame, options) => detector.detect(frame, options)

export async function measurePhotos({ pack, evalDir, photosDir }: PhotosOptions): Promise<PhotosResult> {
  const { inputSize } = pack.detector
  const square = { ...inputSize, multipleOf: inputSize.width }
  const judged: JudgedPhoto[] = []
  for (const truth of await readPhotoTruths(evalDir)) {
    const path = join(photosDir, truth.clip)
    const product = await detect(pack, path, inputSize, {
      minConfidence: pack.thresholds.low,
      look: lookTwice,
    })
    const naive = await detect(pack, path, square, { minConfidence: NAIVE_CONFIDENCE_MIN, look: lookOnce })
    for (const { half } of truth.frames)
      judged.push({ half, product: judgePhoto(truth, product), naive: judgePhoto(truth, naive) })
  }
  const half = (name: Half): PhotosHalf => {
    const ofHalf = judged.filter((one) => one.half === name)
    const measure = (frames: readonly PhotoFrames[]): PhotosMeasure => ({
      places: recallAtPrecision(
        frames.map(({ places }) => places),
        PRECISION_MIN,
      ),
      kinds: recallAtPrecision(
        frames.map(({ kinds }) => kinds),
        PRECISION_MIN,
      ),
    })
    return {
      photos: ofHalf.length,
      product: measure(ofHalf.map(({ product }) => product)),
      naive: measure(ofHalf.map(({ naive }) => naive)),
    }
  }
  return { halves: { tune: half('tune'), test: half('test') } }
}

async function detect(
  { detector }: OpenPack,
  path: string,
  input: DetectorInputSize,
  { minConfidence, look }: { minConfidence: number; look: typeof lookTwice },
): Promise<FoundInPhoto[]> {
  const found: FoundInPhoto[] = []
  for await (const { frame } of openFrames(path, [0], input))
    found.push(...(await look(detector, frame, { minConfidence })).objects)
  return found
}
