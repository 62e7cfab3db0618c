// People in plain clothes out of boxes and colours: a picture in which each wears what is asked, those further down in
// the picture in front of the others.
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'

export type Rgb = readonly [number, number, number]

export interface PaintedPerson {
  bbox: Bbox
  upper: Rgb
  lower: Rgb
}

const [WIDTH, HEIGHT] = [320, 240]
const GROUND: Rgb = [150, 150, 140]

export function paintScene(people: readonly PaintedPerson[]): RgbImage {
  const data = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let at = 0; at < data.length; at++) data[at] = GROUND[at % 3] as number
  const nearLast = people.toSorted((a, b) => a.bbox[1] + a.bbox[3] - b.bbox[1] - b.bbox[3])
  for (const { bbox, upper, lower } of nearLast) {
    const [left, top, width, height] = bbox.map((value, n) =>
      Math.round(value * (n % 2 ? HEIGHT : WIDTH)),
    ) as Bbox
    for (let y = Math.max(0, top); y < Math.min(HEIGHT, top + height); y++)
      for (let x = Math.max(0, left); x < Math.min(WIDTH, left + width); x++)
        data.set(y < top + height / 2 ? upper : lower, (y * WIDTH + x) * 3)
  }
  return { data, width: WIDTH, height: HEIGHT }
}
