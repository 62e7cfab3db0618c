// What a pixel-wise method leaves behind in, one object without specks and pinholes out. Pure.

/** A part with less than this of the largest part's pixels is a speck of background that looks alike. */
const PART_MIN = 0.12
/** A hole with less than this of the object's pixels is a highlight or a shadow on it. */
const HOLE_MAX = 0.04

export interface Mask {
  /** `width * height` values, 0 or 1. */
  pixels: Uint8Array
  width: number
  height: number
}

/** Keeps the parts that `seeds` (pixel indices) lie in, or without such the large ones; closes small holes. */
export function tidyMask({ pixels, width, height }: Mask, seeds: readonly number[]): Uint8Array {
  const parts = partsOf(pixels, 1, width, height)
  const largest = Math.max(0, ...parts.map(({ length }) => length))
  const meant = parts.filter((part) => seeds.some((seed) => part.includes(seed)))
  const kept = meant.length > 0 ? meant : parts.filter(({ length }) => length >= largest * PART_MIN)
  const tidy = new Uint8Array(pixels.length)
  for (const part of kept) for (const at of part) tidy[at] = 1
  const area = kept.reduce((sum, { length }) => sum + length, 0)
  for (const hole of partsOf(tidy, 0, width, height)) {
    const isOpen = hole.some((at) => isAtRim(at, width, height))
    if (!isOpen && hole.length <= area * HOLE_MAX) for (const at of hole) tidy[at] = 1
  }
  return tidy
}

/** Connected parts (over sides, not corners) of pixels with this value, as lists of indices. */
function partsOf(pixels: Uint8Array, value: 0 | 1, width: number, height: number): Uint32Array[] {
  const seen = new Uint8Array(pixels.length)
  const stack = new Uint32Array(pixels.length)
  const parts: Uint32Array[] = []
  for (let start = 0; start < pixels.length; start++) {
    if (seen[start] === 1 || pixels[start] !== value) continue
    const members: number[] = []
    let top = 0
    stack[top++] = start
    seen[start] = 1
    while (top > 0) {
      const at = stack[--top] as number
      members.push(at)
      const x = at % width
      const around = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]
      for (const next of around) {
        if (next < 0 || next >= width * height || seen[next] === 1 || pixels[next] !== value) continue
        seen[next] = 1
        stack[top++] = next
      }
    }
    parts.push(Uint32Array.from(members))
  }
  return parts
}

function isAtRim(at: number, width: number, height: number): boolean {
  const x = at % width
  const y = (at - x) / width
  return x === 0 || y === 0 || x === width - 1 || y === height - 1
}
