// GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) by OpenCV: colours inside and outside of a hint are learnt and the
// cheapest outline between them is cut. Knows nothing of objects: colours that run over the edge run over the mask.
import type { OpenCv } from './open-cv.ts'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { encodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import type { RgbImage } from '../image/rgb-image.ts'
import { regionOf, type Region } from './region-of-interest.ts'
import type { Segment, SegmentHint } from './segmenter.ts'
import { tidyMask } from './tidy-mask.ts'

/** Rounds of learning and cutting; the outline of most things stands after four. */
const FIRST_ROUNDS = 4
/** Further rounds, whose difference to the first tells how settled the outline is. */
const FURTHER_ROUNDS = 2
/** Parts of the region's longer side: what a point surely stands for, and what it may. */
const POINT_SURE = 0.025
const POINT_LIKELY = 0.18

export function grabCut(cv: OpenCv, image: RgbImage, hint: SegmentHint): Segment {
  const region = regionOf(hint, image)
  using stack = new DisposableStack()
  const own = <T extends { delete(): void }>(thing: T): T => stack.adopt(thing, (one) => one.delete())

  const picture = own(cv.matFromArray(region.height, region.width, cv.CV_8UC3, cut(image, region)))
  const small = own(new cv.Mat())
  const size = new cv.Size(
    Math.max(2, Math.round(region.width * region.scale)),
    Math.max(2, Math.round(region.height * region.scale)),
  )
  cv.resize(picture, small, size, 0, 0, cv.INTER_AREA)
  const seeds: number[] = []
  const taken = firstGuess(cv, hint, { image, region, size, seeds })
  const guess = own(cv.matFromArray(size.height, size.width, cv.CV_8UC1, taken))
  const [background, foreground] = [own(new cv.Mat()), own(new cv.Mat())]
  const whole = new cv.Rect(0, 0, 1, 1)
  const isOn = (kind: number): boolean => kind === cv.GC_FGD || kind === cv.GC_PR_FGD
  const round = (rounds: number, mode: number): Uint8Array => {
    cv.grabCut(small, guess, whole, background, foreground, rounds, mode)
    const pixels = Uint8Array.from(guess.data as Uint8Array, (kind) => (isOn(kind) ? 1 : 0))
    return tidyMask({ pixels, width: size.width, height: size.height }, seeds)
  }
  // A hint of no size, or without anything around it, leaves nothing to tell apart: then it is taken at its word.
  const isClear = taken.some(isOn) && !taken.every(isOn)
  const first = isClear
    ? round(FIRST_ROUNDS, cv.GC_INIT_WITH_MASK)
    : taken.map((kind) => (isOn(kind) ? 1 : 0))
  const last = isClear ? round(FURTHER_ROUNDS, cv.GC_EVAL) : first
  const mask = enlarge(cv, own, last, size, image, region)
  return {
    bbox: boundsOf(mask, image) ?? hint.box ?? [0, 0, 0, 0],
    mask: encodeMask(mask, image.width, image.height),
    confidence: isClear ? overlapOf(first, last) : 0,
  }
}

function cut({ data, width }: RgbImage, region: Region): Uint8Array {
  const bytes = new Uint8Array(region.width * region.height * 3)
  for (let row = 0; row < region.height; row++) {
    const from = ((region.top + row) * width + region.left) * 3
    bytes.set(data.subarray(from, from + region.width * 3), row * region.width * 3)
  }
  return bytes
}

interface Place {
  image: RgbImage
  region: Region
  size: { width: number; height: number }
  /** Receives the pixels of the points on the object. */
  seeds: number[]
}

/** What each pixel is taken for at first: an ellipse in the box, discs around the points, the rest background. */
function firstGuess(cv: OpenCv, hint: SegmentHint, { image, region, size, seeds }: Place): Uint8Array {
  const { width, height } = size
  const toX = (x: number): number => (x * image.width - region.left) * region.scale
  const toY = (y: number): number => (y * image.height - region.top) * region.scale
  const guess = new Uint8Array(width * height).fill(hint.box ? cv.GC_BGD : cv.GC_PR_BGD)
  const paint = (isIn: (x: number, y: number) => boolean, kind: number): void => {
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) if (isIn(x + 0.5, y + 0.5)) guess[y * width + x] = kind
  }
  if (hint.box) {
    const [left, top] = [toX(hint.box[0]), toY(hint.box[1])]
    const [right, bottom] = [toX(hint.box[0] + hint.box[2]), toY(hint.box[1] + hint.box[3])]
    const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
    const [reachX, reachY] = [(right - left) / 2, (bottom - top) / 2]
    paint((x, y) => x >= left && x <= right && y >= top && y <= bottom, cv.GC_PR_BGD)
    // Corners of a box are background more often than not.
    paint((x, y) => ((x - middleX) / reachX) ** 2 + ((y - middleY) / reachY) ** 2 <= 1.15, cv.GC_PR_FGD)
  }
  const longer = Math.max(width, height)
  const disc = (x: number, y: number, part: number, kind: number): void =>
    paint((px, py) => Math.hypot(px - toX(x), py - toY(y)) <= Math.max(1, longer * part), kind)
  const inside = hint.points.filter(({ isInside }) => isInside)
  if (!hint.box) for (const { x, y } of inside) disc(x, y, POINT_LIKELY, cv.GC_PR_FGD)
  for (const { x, y } of hint.points.filter((point) => !point.isInside)) disc(x, y, POINT_SURE, cv.GC_BGD)
  for (const { x, y } of inside) {
    disc(x, y, POINT_SURE, cv.GC_FGD)
    seeds.push(clamp(Math.floor(toY(y)), height) * width + clamp(Math.floor(toX(x)), width))
  }
  return guess
}

/** The mask in the picture's own size; its edge between two pixels where the small one's was. */
function enlarge(
  cv: OpenCv,
  own: <T extends { delete(): void }>(thing: T) => T,
  pixels: Uint8Array,
  size: { width: number; height: number },
  image: RgbImage,
  region: Region,
): Uint8Array {
  const small = own(
    cv.matFromArray(
      size.height,
      size.width,
      cv.CV_8UC1,
      pixels.map((value) => value * 255),
    ),
  )
  const large = own(new cv.Mat())
  cv.resize(small, large, new cv.Size(region.width, region.height), 0, 0, cv.INTER_LINEAR)
  const part = large.data as Uint8Array
  const mask = new Uint8Array(image.width * image.height)
  for (let y = 0; y < region.height; y++)
    for (let x = 0; x < region.width; x++)
      if ((part[y * region.width + x] as number) >= 128)
        mask[(region.top + y) * image.width + region.left + x] = 1
  return mask
}

function boundsOf(mask: Uint8Array, { width, height }: RgbImage): Bbox | null {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x] === 0) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  if (right < 0) return null
  return [left / width, top / height, (right + 1 - left) / width, (bottom + 1 - top) / height]
}

/** Intersection over union; 0 when both are empty. */
function overlapOf(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0]
  for (let at = 0; at < a.length; at++) {
    both += (a[at] as number) & (b[at] as number)
    either += (a[at] as number) | (b[at] as number)
  }
  return either === 0 ? 0 : both / either
}

function clamp(value: number, length: number): number {
  return Math.min(length - 1, Math.max(0, value))
}
