// The one picture that stands for a sighting: cut out while the frame is there, encoded only when it is to be kept.
import sharp from 'sharp'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { CROP_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'

/** Picture around the object, as a part of its own size, so that a person sees where it is. */
const MARGIN = 0.12
/** Longest side of a crop in pixels. */
const CROP_SIDE_MAX = 320
/** Tried in order until the crop is small enough. */
const QUALITIES = [78, 60, 42, 25, 10] as const

export interface ExemplarPixels {
  data: Uint8Array
  width: number
  height: number
}

export interface EncodedCrop {
  sha256: string
  bytes: Uint8Array
  width: number
  height: number
}

/** Copies the object with its margin out of a picture that somebody else will overwrite. */
export function cutOut(image: RgbImage, [x, y, w, h]: Bbox): ExemplarPixels {
  const left = Math.max(0, Math.floor((x - w * MARGIN) * image.width))
  const top = Math.max(0, Math.floor((y - h * MARGIN) * image.height))
  const right = Math.min(image.width, Math.ceil((x + w * (1 + MARGIN)) * image.width))
  const bottom = Math.min(image.height, Math.ceil((y + h * (1 + MARGIN)) * image.height))
  const width = Math.max(1, right - left)
  const height = Math.max(1, bottom - top)
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * image.width + left) * 3
    data.set(image.data.subarray(from, from + width * 3), row * width * 3)
  }
  return { data, width, height }
}

/** Where the object is in its own crop, in 0..1 of that: what `cutOut` cuts is at most a pixel from it. */
export function boxInCrop([x, y, w, h]: Bbox): Bbox {
  const [left, top] = [Math.max(0, x - w * MARGIN), Math.max(0, y - h * MARGIN)]
  const width = Math.min(1, x + w * (1 + MARGIN)) - left
  const height = Math.min(1, y + h * (1 + MARGIN)) - top
  return [(x - left) / width, (y - top) / height, w / width, h / height]
}

/** WebP of at most CROP_MAX_BYTES. */
export async function encodeCrop(pixels: ExemplarPixels): Promise<EncodedCrop> {
  const { data, width, height } = pixels
  for (let side = CROP_SIDE_MAX; ; side = Math.round(side * 0.7)) {
    for (const quality of QUALITIES) {
      const { data: bytes, info } = await sharp(data, { raw: { width, height, channels: 3 } })
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality, effort: 2 })
        .toBuffer({ resolveWithObject: true })
      if (bytes.byteLength <= CROP_MAX_BYTES)
        return {
          sha256: sha256Hex(bytes),
          bytes: new Uint8Array(bytes),
          width: info.width,
          height: info.height,
        }
    }
  }
}
