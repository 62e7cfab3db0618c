// What fitting a picture means, written a second time and differently: whole pictures in double precision, one step after
// the other. The addon's kernels are compared with it.
import type { FitTarget, Picture } from '../frame-kernels.ts'

export interface OraclePicture extends Omit<Picture, 'bytes'> {
  data: Uint8Array
}

type Plane = (x: number, y: number) => number

/** Planar, as the contract says; padding filled in. Without rounding to the target's type. */
export function fitByOracle(picture: OraclePicture, target: FitTarget): Float64Array {
  const region = picture.region ?? { x: 0, y: 0, width: picture.width, height: picture.height }
  const place = target.place ?? { x: 0, y: 0, width: target.width, height: target.height }
  const pixels = target.width * target.height
  const out = new Float64Array(3 * pixels)
  const colourAt = picture.format === 'nv12' ? nv12(picture, region) : packed(picture, region)
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const u = x - place.x
      const v = y - place.y
      const isInside = u >= 0 && u < place.width && v >= 0 && v < place.height
      const colour = isInside
        ? colourAt(
            region.x + ((u + 0.5) * region.width) / place.width - 0.5,
            region.y + ((v + 0.5) * region.height) / place.height - 0.5,
          )
        : Array.from({ length: 3 }, () => target.padValue ?? 0)
      colour.forEach((value, channel) => {
        const plane = target.order === 'bgr' ? 2 - channel : channel
        const { mean, std } = target
        out[plane * pixels + y * target.width + x] = (value - (mean[channel] ?? 0)) / (std[channel] ?? 1)
      })
    }
  }
  return out
}

/** Value of a plane between its positions, which end at the given ones. */
export function bilinear(
  plane: Plane,
  x: number,
  y: number,
  [left, top, right, bottom]: readonly number[],
): number {
  const column = clamp(x, left ?? 0, right ?? 0)
  const row = clamp(y, top ?? 0, bottom ?? 0)
  const x0 = Math.floor(column)
  const y0 = Math.floor(row)
  const x1 = Math.min(x0 + 1, right ?? 0)
  const y1 = Math.min(y0 + 1, bottom ?? 0)
  const fx = column - x0
  const fy = row - y0
  return (
    plane(x0, y0) * (1 - fx) * (1 - fy) +
    plane(x1, y0) * fx * (1 - fy) +
    plane(x0, y1) * (1 - fx) * fy +
    plane(x1, y1) * fx * fy
  )
}

type Region = NonNullable<Picture['region']>

function edges({ x, y, width, height }: Region): number[] {
  return [x, y, x + width - 1, y + height - 1]
}

function packed({ data, format, width, pitch }: OraclePicture, region: Region) {
  const bytes = format === 'rgba' ? 4 : 3
  const row = pitch ?? width * bytes
  return (x: number, y: number): number[] =>
    [0, 1, 2].map((channel) =>
      bilinear((px, py) => data[py * row + px * bytes + channel] ?? Number.NaN, x, y, edges(region)),
    )
}

function nv12(picture: OraclePicture, region: Region) {
  const { data, width, height, range = 'limited', matrix = 'bt709', chromaSite = 'left' } = picture
  const row = picture.pitch ?? width
  const chromaStart = picture.chromaOffset ?? row * height
  const chromaRow = picture.chromaPitch ?? Math.max(row, Math.ceil(width / 2) * 2)
  const chromaEdges = edges(region).map((edge) => Math.floor(edge / 2))
  const { kr, kb } = {
    bt601: { kr: 0.299, kb: 0.114 },
    bt709: { kr: 0.2126, kb: 0.0722 },
    bt2020: { kr: 0.2627, kb: 0.0593 },
  }[matrix]
  const chromaPlane =
    (which: number): Plane =>
    (x, y) =>
      data[chromaStart + y * chromaRow + 2 * x + which] ?? Number.NaN
  return (x: number, y: number): number[] => {
    const luma = bilinear((px, py) => data[py * row + px] ?? Number.NaN, x, y, edges(region))
    const chromaX = chromaSite === 'left' ? x / 2 : (x - 0.5) / 2
    const [cb = 0, cr = 0] = [0, 1].map((which) =>
      bilinear(chromaPlane(which), chromaX, (y - 0.5) / 2, chromaEdges),
    )
    // ITU-T H.273, 8.3: E'Y in 0..1, E'Pb and E'Pr in -0.5..0.5.
    const ey = range === 'full' ? luma / 255 : (luma - 16) / 219
    const pb = (cb - 128) / (range === 'full' ? 255 : 224)
    const pr = (cr - 128) / (range === 'full' ? 255 : 224)
    const red = ey + 2 * (1 - kr) * pr
    const blue = ey + 2 * (1 - kb) * pb
    const green = (ey - kr * red - kb * blue) / (1 - kr - kb)
    return [red, green, blue].map((value) => clamp(value * 255, 0, 255))
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
