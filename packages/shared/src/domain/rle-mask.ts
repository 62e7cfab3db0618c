// Masks as COCO writes them: run lengths down the columns, zeros first, packed into text. Source: pycocotools' maskApi,
// rleToString and rleFrString.
import { FleetError } from '../errors/fleet-error.ts'
import type { RleMask } from './geometry.ts'

/** Text holds six bits a character from here on: five of the number, one that says that more follow. */
const FIRST_CHARACTER = 48
const BITS = 5
const MORE = 1 << BITS
const SIGN = 1 << (BITS - 1)
/** Pixels of one mask: a text of a few bytes may claim any size. */
const PIXELS_MAX = 64e6

/** @param mask `width * height` values row after row, 0 for outside. */
export function encodeMask(mask: Uint8Array, width: number, height: number): RleMask {
  const runs: number[] = []
  let value = 0
  let run = 0
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const pixel = mask[y * width + x] === 0 ? 0 : 1
      if (pixel !== value) {
        runs.push(run)
        run = 0
        value = pixel
      }
      run += 1
    }
  }
  runs.push(run)
  return { size: [height, width], counts: packRuns(runs) }
}

/**
 * The mask moved by whole pixels, what leaves the picture cut off; without unpacking its pixels.
 * @throws FleetError INVALID_INPUT when the runs do not fill the stated size exactly.
 */
export function shiftMask({ size, counts }: RleMask, right: number, down: number): RleMask {
  const [height, width] = size
  const runs: number[] = []
  /** Pixels down the columns that the runs cover. */
  let covered = 0
  const put = (from: number, to: number): void => {
    // A run of inside that goes on over the end of a column stays one.
    if (from === covered && runs.length > 0) runs[runs.length - 1] = (runs.at(-1) as number) + to - from
    else runs.push(from - covered, to - from)
    covered = to
  }
  let [at, value] = [0, 0]
  for (const run of unpack(counts)) {
    if (run < 0 || at + run > height * width) throw invalid('its runs go beyond its size')
    const end = at + run
    while (at < end && value === 1) {
      const column = Math.floor(at / height)
      const columnEnd = Math.min(end, (column + 1) * height)
      const toColumn = column + right
      const top = Math.max(0, (at % height) + down)
      const bottom = Math.min(height, columnEnd - column * height + down)
      if (toColumn >= 0 && toColumn < width && top < bottom)
        put(toColumn * height + top, toColumn * height + bottom)
      at = columnEnd
    }
    at = end
    value ^= 1
  }
  if (at !== height * width) throw invalid('its runs do not fill its size')
  if (covered < height * width || runs.length === 0) runs.push(height * width - covered)
  return { size, counts: packRuns(runs) }
}

/**
 * @returns `width * height` values row after row, 0 or 1.
 * @throws FleetError INVALID_INPUT when the runs do not fill the stated size exactly.
 */
export function decodeMask({ size: [height, width], counts }: RleMask): Uint8Array {
  const pixels = height * width
  if (pixels > PIXELS_MAX) throw invalid('it is larger than any picture')
  const mask = new Uint8Array(pixels)
  let at = 0
  let value = 0
  for (const run of unpack(counts)) {
    if (run < 0 || at + run > pixels) throw invalid('its runs go beyond its size')
    if (value === 1)
      for (let n = at; n < at + run; n++) mask[(n % height) * width + Math.floor(n / height)] = 1
    at += run
    value ^= 1
  }
  if (at !== pixels) throw invalid('its runs do not fill its size')
  return mask
}

/**
 * Run lengths down the columns, zeros first, as COCO's text. From the fourth number on, each is written as the
 * difference to the one before the last.
 */
export function packRuns(runs: readonly number[]): string {
  let text = ''
  for (const [at, run] of runs.entries()) {
    let rest = at > 2 ? run - (runs[at - 2] as number) : run
    for (;;) {
      const bits = rest & (MORE - 1)
      rest >>= BITS
      const isLast = (bits & SIGN) === 0 ? rest === 0 : rest === -1
      text += String.fromCharCode(FIRST_CHARACTER + (isLast ? bits : bits | MORE))
      if (isLast) break
    }
  }
  return text
}

function unpack(text: string): number[] {
  const runs: number[] = []
  let value = 0
  let shift = 0
  for (let at = 0; at < text.length; at++) {
    const bits = text.charCodeAt(at) - FIRST_CHARACTER
    if (bits < 0 || bits >= MORE * 2 || shift > 2 * BITS * 3) throw invalid('its text is not of the format')
    value |= (bits & (MORE - 1)) << shift
    shift += BITS
    if ((bits & MORE) !== 0) continue
    if ((bits & SIGN) !== 0) value |= -1 << shift
    runs.push(runs.length > 2 ? value + (runs[runs.length - 2] as number) : value)
    value = 0
    shift = 0
  }
  if (shift !== 0) throw invalid('its text is cut short')
  return runs
}

function invalid(why: string): FleetError {
  return new FleetError('INVALID_INPUT', `the mask cannot be read: ${why}`)
}
