// Pixels of a box in, what it looks like out, as a few numbers that are near for the same thing a moment later and far
// for most others: histograms of colour of its upper and of its lower part, as clothes are. Pure.
import { colourTableIndex } from '@sam3-fleet/models/describe/colour-table'
import { oklabOf } from '@sam3-fleet/models/describe/oklab'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'

/** Shares that sum to 1: for each part, for each step of lightness, grey first and then four hues. */
export type Appearance = Float32Array<ArrayBuffer>

/** Parts of the height: below the head down to the waist, and from there to above the shoes. */
const PARTS = [
  [0.14, 0.5],
  [0.5, 0.9],
] as const
/** The middle of the width: the rest is background as often as not. */
const [LEFT, RIGHT] = [0.22, 0.78]
const LIGHTNESS_BINS = 8
const HUES = 4
const HUE_BINS = 1 + HUES
const PART_BINS = LIGHTNESS_BINS * HUE_BINS
/** Chroma up to which a colour is all grey, and from which it is all hue; dark clothes lie between. */
const GREY_CHROMA = 0.015
const HUE_CHROMA = 0.055
/** Points that are looked at in each part, at most: 20 microseconds a box. */
const COLUMNS_MAX = 14
const ROWS_MAX = 16
/** Smaller boxes show mostly their neighbours' blur. */
const WIDTH_MIN_PIXELS = 8
const HEIGHT_MIN_PIXELS = 16
const COLOURS = 1 << 15

/** Where each colour lies between the bins, by `colourTableIndex`. */
interface BinTable {
  lightness: Float32Array
  hue: Float32Array
  /** How much of it is hue, 0..1. */
  coloured: Float32Array
}

let table: BinTable | null = null

/** @returns null for a box that is too small to tell */
export function appearanceOf(image: RgbImage, [x, y, w, h]: Bbox): Appearance | null {
  if (w * image.width < WIDTH_MIN_PIXELS || h * image.height < HEIGHT_MIN_PIXELS) return null
  const bins = (table ??= fillTable())
  const appearance = new Float32Array(PARTS.length * PART_BINS)
  const [left, right] = [(x + w * LEFT) * image.width, (x + w * RIGHT) * image.width]
  for (const [n, [from, to]] of PARTS.entries()) {
    const [top, bottom] = [(y + h * from) * image.height, (y + h * to) * image.height]
    const columns = Math.max(1, Math.min(COLUMNS_MAX, Math.round(right - left)))
    const rows = Math.max(1, Math.min(ROWS_MAX, Math.round(bottom - top)))
    const weight = 1 / (columns * rows * PARTS.length)
    for (let row = 0; row < rows; row++) {
      const pixelY = inside(top + ((row + 0.5) / rows) * (bottom - top), image.height)
      for (let column = 0; column < columns; column++) {
        const pixelX = inside(left + ((column + 0.5) / columns) * (right - left), image.width)
        addColour(appearance, n * PART_BINS, { image, at: (pixelY * image.width + pixelX) * 3, weight, bins })
      }
    }
  }
  return appearance
}

/** Hellinger distance: 0 is the same, 1 has nothing in common. */
export function appearanceDistance(a: Appearance, b: Appearance): number {
  let shared = 0
  for (let n = 0; n < a.length; n++) shared += Math.sqrt((a[n] as number) * (b[n] as number))
  return Math.sqrt(Math.max(0, 1 - shared))
}

/** @param part that is left of what was known, 0..1 */
export function blendAppearance(known: Appearance, seen: Appearance, part: number): Appearance {
  return known.map((value, n) => value * part + (seen[n] as number) * (1 - part))
}

function inside(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, Math.floor(position)))
}

interface Sample {
  image: RgbImage
  /** Of its first byte. */
  at: number
  weight: number
  bins: BinTable
}

/** Goes to both bins of lightness that it lies between, and to both hues: no step where light changes a little. */
function addColour(appearance: Appearance, base: number, { image, at, weight, bins }: Sample): void {
  const { data } = image
  const colour = colourTableIndex(data[at] as number, data[at + 1] as number, data[at + 2] as number)
  const [lightness, hue] = [bins.lightness[colour] as number, bins.hue[colour] as number]
  const [bin, hueBin] = [Math.floor(lightness), Math.floor(hue)]
  const coloured = weight * (bins.coloured[colour] as number)
  for (let step = 0; step < 2; step++) {
    const of = base + (bin + step) * HUE_BINS
    const share = step === 0 ? 1 - (lightness - bin) : lightness - bin
    add(appearance, of, share * (weight - coloured))
    add(appearance, of + 1 + (hueBin % HUES), share * coloured * (1 - (hue - hueBin)))
    add(appearance, of + 1 + ((hueBin + 1) % HUES), share * coloured * (hue - hueBin))
  }
}

function add(to: Float32Array, at: number, value: number): void {
  to[at] = (to[at] as number) + value
}

function fillTable(): BinTable {
  const filled = {
    lightness: new Float32Array(COLOURS),
    hue: new Float32Array(COLOURS),
    coloured: new Float32Array(COLOURS),
  }
  const middle = (index: number, shift: number): number => ((index >> shift) & 31) * 8 + 4
  for (let index = 0; index < COLOURS; index++) {
    const { lightness, a, b } = oklabOf(middle(index, 10), middle(index, 5), middle(index, 0))
    const place = lightness * LIGHTNESS_BINS - 0.5
    filled.lightness[index] = Math.min(LIGHTNESS_BINS - 1.001, Math.max(0, place))
    filled.hue[index] = ((Math.atan2(b, a) / (2 * Math.PI)) * HUES + HUES) % HUES
    const chroma = (Math.hypot(a, b) - GREY_CHROMA) / (HUE_CHROMA - GREY_CHROMA)
    filled.coloured[index] = Math.min(1, Math.max(0, chroma))
  }
  return filled
}
