// A picture in, what is seen in it at two sizes out: a picture has no rate to keep, so it may cost a second look. What
// both looks see is believed, what only one of them sees half as much.
import sharp from 'sharp'
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import {
  letterboxFor,
  type DetectorFrame,
  type DetectorInputSize,
  type RgbImage,
} from '../image/rgb-image.ts'
import type { DetectedObject, DetectionResult, DetectOptions, Detector } from './detector.ts'

/** Overlap from which boxes of two looks with the same label are one object (Solovyev et al. 2021 take .55, too). */
const SAME_OBJECT_FROM = 0.55

/** Like `detect`; once only where the detector knows no second size. */
export async function lookTwice(
  detector: Detector,
  frame: DetectorFrame,
  options: DetectOptions & { minConfidence: number },
): Promise<DetectionResult> {
  const first = await detector.detect(frame, options)
  if (!detector.secondLook) return first
  const larger = await fitted(first.image, detector.secondLook)
  const second = await detector.detect(larger, options)
  const objects = fuseLooks([first.objects, second.objects])
  return {
    objects: objects.filter(({ confidence }) => confidence >= options.minConfidence),
    image: second.image,
    inferenceMs: first.inferenceMs + second.inferenceMs,
  }
}

/**
 * Weighted boxes fusion (Solovyev, Wang, Gabruseva, 2021): an object's confidence is the mean over all looks, 0 where one
 * does not see it; its box the mean of its boxes by their confidence. @returns surest first
 */
export function fuseLooks(looks: readonly (readonly DetectedObject[])[]): DetectedObject[] {
  const seen = looks.flatMap((objects, look) => objects.map((object) => ({ look, object })))
  const groups: [(typeof seen)[number], ...typeof seen][] = []
  for (const one of seen.toSorted((a, b) => b.object.confidence - a.object.confidence)) {
    const home = groups.find(([{ object }]) => isSame(object, one.object))
    if (!home) groups.push([one])
    else if (home.every(({ look }) => look !== one.look)) home.push(one)
  }
  return groups
    .map((group) => ({
      ...group[0].object,
      confidence: group.reduce((sum, { object }) => sum + object.confidence, 0) / looks.length,
      bbox: meanBox(group.map(({ object }) => object)),
    }))
    .toSorted((a, b) => b.confidence - a.confidence)
}

function isSame(a: DetectedObject, b: DetectedObject): boolean {
  return a.label === b.label && iou(a.bbox, b.bbox) > SAME_OBJECT_FROM
}

function meanBox(objects: readonly DetectedObject[]): Bbox {
  const total = objects.reduce((sum, { confidence }) => sum + confidence, 0)
  const side = (at: 0 | 1 | 2 | 3): number =>
    objects.reduce((sum, { confidence, bbox }) => sum + confidence * bbox[at], 0) / total
  return [side(0), side(1), side(2), side(3)]
}

async function fitted(image: RgbImage, input: DetectorInputSize): Promise<DetectorFrame> {
  const { scale, padX, padY, ...size } = letterboxFor(image.width, image.height, input)
  const [right, bottom] = [
    size.inputWidth - size.scaledWidth - padX,
    size.inputHeight - size.scaledHeight - padY,
  ]
  const grey = { r: input.padValue, g: input.padValue, b: input.padValue }
  // A copy: the picture's own memory moves to another thread with the next look.
  const { data } = await sharp(image.data.slice(), {
    raw: { width: image.width, height: image.height, channels: 3 },
  })
    .resize(size.scaledWidth, size.scaledHeight, { fit: 'fill', kernel: 'linear' })
    .extend({ left: padX, top: padY, right, bottom, background: grey })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    image,
    input: { data: new Uint8Array(data), width: size.inputWidth, height: size.inputHeight },
    letterbox: { scale, padX, padY },
  }
}
