// What somebody would build in an afternoon, for comparison: the mean colour of the box, called after the nearest of
// the eleven basic colours.
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'

/** CSS Color Module Level 4, section 6.1. */
const CSS_COLOURS = {
  black: 0x000000,
  white: 0xffffff,
  grey: 0x808080,
  red: 0xff0000,
  orange: 0xffa500,
  yellow: 0xffff00,
  green: 0x008000,
  blue: 0x0000ff,
  purple: 0x800080,
  pink: 0xffc0cb,
  brown: 0xa52a2a,
} as const

/** `bbox` in 0..1 of the picture; the name by the distance in RGB. */
export function naiveColour({ data, width, height }: RgbImage, [x, y, w, h]: Bbox): string {
  const [left, top] = [Math.max(0, Math.round(x * width)), Math.max(0, Math.round(y * height))]
  const right = Math.min(width, Math.max(left + 1, Math.round((x + w) * width)))
  const bottom = Math.min(height, Math.max(top + 1, Math.round((y + h) * height)))
  const sum = [0, 0, 0]
  for (let row = top; row < bottom; row++)
    for (let at = (row * width + left) * 3; at < (row * width + right) * 3; at++)
      sum[at % 3] = (sum[at % 3] ?? 0) + (data[at] ?? 0)
  const pixels = Math.max(1, (right - left) * (bottom - top))
  const [red = 0, green = 0, blue = 0] = sum.map((value) => value / pixels)
  const named = Object.entries(CSS_COLOURS).map(([name, rgb]) => ({
    name,
    distance: Math.hypot(red - (rgb >> 16), green - ((rgb >> 8) & 255), blue - (rgb & 255)),
  }))
  return named.reduce((best, one) => (one.distance < best.distance ? one : best)).name
}
