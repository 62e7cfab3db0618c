// A picture and an object's box in, the named colours of the object's own pixels out, at most three.
// The box is read as a mixture of object and background; the ring around it tells what the background looks like.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'
import type { RgbImage } from '../image/rgb-image.ts'
import { COLOUR_BIN_COUNT, colourTable, colourTableIndex } from './colour-table.ts'
import { COLOUR_NAMES } from './name-colour.ts'
import { withoutShades, type NamedPart } from './shaded-colours.ts'

/** Below this an object shows mostly its neighbours' blur (chroma is stored at half the resolution). */
const MIN_SIDE_PIXELS = 8
const MIN_AREA_PIXELS = 160
/** Bounds the cost per object (about 0.05 ms) whatever the box size; 1,400 samples put a share within 0.03. */
const MAX_OBJECT_SAMPLES = 1400
const MAX_RING_SAMPLES = 600
/** The ring is this part of the box's size, on each side: near enough to be the same background. */
const RING_PART = 0.18
/**
 * How much of the centre-weighted box is background at a guess: people and cars fill 60 to 80 % of their box.
 * Taken off in the colours of the ring, as mixture subtraction (histogram ratio: Swain & Ballard 1991).
 */
const BACKGROUND_PART = 0.35
/** Weight at the rim of the box against 1 at its centre: rims hold the most background. */
const RIM_WEIGHT = 0.15
const MAX_COLOURS = 3
/** A colour with less of the object is skin, shadow or a logo more often than what a person would name. */
const MIN_SHARE = 0.15

interface PixelBox {
  left: number
  top: number
  right: number
  bottom: number
}

/** Shares are of the object's pixels, largest first, summing to at most 1; empty for a box too small to tell. */
export function measureColours(image: RgbImage, bbox: Bbox): ColourShare[] {
  const box = toPixels(image, bbox)
  const width = box.right - box.left
  const height = box.bottom - box.top
  if (width < MIN_SIDE_PIXELS || height < MIN_SIDE_PIXELS || width * height < MIN_AREA_PIXELS) return []

  const { nameOf, aOf, bOf } = colourTable()
  const inside = sampleObject(image, box)
  const around = sampleRing(image, box)
  const parts = COLOUR_NAMES.map((name): NamedPart => ({ name, weight: 0, a: 0, b: 0 }))
  let total = 0
  // A bin holds one lightness and chroma patch but may straddle two names: split it by the samples' own names.
  for (let i = 0; i < inside.count; i++) {
    const bin = inside.bins[i] as number
    const seen = inside.histogram[bin] as number
    const expected = BACKGROUND_PART * (around.histogram[bin] as number)
    const kept = (inside.weights[i] as number) * Math.max(0, 1 - expected / seen)
    const index = inside.indices[i] as number
    const part = parts[nameOf[index] as number] as NamedPart
    part.weight += kept
    part.a += kept * (aOf[index] as number)
    part.b += kept * (bOf[index] as number)
    total += kept
  }
  if (total <= 0) return []
  return withoutShades(parts)
    .map(({ name, weight }) => ({ name, share: roundDown(weight / total) }))
    .filter(({ share }) => share >= MIN_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_COLOURS)
}

function toPixels(image: RgbImage, [x, y, w, h]: Bbox): PixelBox {
  return {
    left: Math.max(0, Math.round(x * image.width)),
    top: Math.max(0, Math.round(y * image.height)),
    right: Math.min(image.width, Math.round((x + w) * image.width)),
    bottom: Math.min(image.height, Math.round((y + h) * image.height)),
  }
}

/** Samples on a grid with elliptical centre weights; the histogram over colour bins sums to 1. */
function sampleObject(image: RgbImage, box: PixelBox) {
  const { binOf } = colourTable()
  const width = box.right - box.left
  const height = box.bottom - box.top
  const step = Math.max(1, Math.sqrt((width * height) / MAX_OBJECT_SAMPLES))
  const columns = Math.floor(width / step)
  const rows = Math.floor(height / step)
  const bins = new Uint16Array(columns * rows)
  const indices = new Uint16Array(columns * rows)
  const weights = new Float32Array(columns * rows)
  const histogram = new Float32Array(COLOUR_BIN_COUNT)
  let sum = 0
  let count = 0
  for (let row = 0; row < rows; row++) {
    const across = ((row + 0.5) / rows) * 2 - 1
    for (let column = 0; column < columns; column++) {
      const along = ((column + 0.5) / columns) * 2 - 1
      const index = indexAt(image, box.left + (column + 0.5) * step, box.top + (row + 0.5) * step)
      const bin = binOf[index] as number
      const weight = Math.max(RIM_WEIGHT, 1 - (along * along + across * across) * (1 - RIM_WEIGHT))
      bins[count] = bin
      indices[count] = index
      weights[count] = weight
      histogram[bin] = (histogram[bin] as number) + weight
      sum += weight
      count++
    }
  }
  for (let bin = 0; bin < histogram.length; bin++) histogram[bin] = (histogram[bin] as number) / sum
  return { bins, indices, weights, histogram, count }
}

/** The colour bins of the ring as shares; all zero where the box fills the picture and there is no ring. */
function sampleRing(image: RgbImage, box: PixelBox) {
  const { binOf } = colourTable()
  const marginX = Math.max(2, (box.right - box.left) * RING_PART)
  const marginY = Math.max(2, (box.bottom - box.top) * RING_PART)
  const left = Math.max(0, box.left - marginX)
  const top = Math.max(0, box.top - marginY)
  const right = Math.min(image.width, box.right + marginX)
  const bottom = Math.min(image.height, box.bottom + marginY)
  const ringArea = (right - left) * (bottom - top) - (box.right - box.left) * (box.bottom - box.top)
  const step = Math.max(1, Math.sqrt(ringArea / MAX_RING_SAMPLES))
  const histogram = new Float32Array(COLOUR_BIN_COUNT)
  let count = 0
  for (let y = top + step / 2; y < bottom; y += step) {
    const rowInBox = y >= box.top && y < box.bottom
    for (let x = left + step / 2; x < right; x += step) {
      if (rowInBox && x >= box.left && x < box.right) {
        x = Math.max(x, box.right - step / 2)
        continue
      }
      const bin = binOf[indexAt(image, x, y)] as number
      histogram[bin] = (histogram[bin] as number) + 1
      count++
    }
  }
  if (count > 0)
    for (let bin = 0; bin < histogram.length; bin++) histogram[bin] = (histogram[bin] as number) / count
  return { histogram, count }
}

function indexAt(image: RgbImage, x: number, y: number): number {
  const at =
    (Math.min(image.height - 1, Math.floor(y)) * image.width + Math.min(image.width - 1, Math.floor(x))) * 3
  const { data } = image
  return colourTableIndex(data[at] as number, data[at + 1] as number, data[at + 2] as number)
}

/** Two decimals, rounded down so that shares never add up to more than 1. */
function roundDown(share: number): number {
  return Math.floor(share * 100) / 100
}
