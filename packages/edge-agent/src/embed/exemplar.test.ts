import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import { CROP_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import { boxInCrop, cutOut, encodeCrop } from './exemplar.ts'

const SIZE = { width: 100, height: 80 }
/** Each pixel says where it is: red its column, green its row. */
const image = {
  ...SIZE,
  data: Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, n) => {
    const pixel = Math.floor(n / 3)
    return [pixel % SIZE.width, Math.floor(pixel / SIZE.width), 0][n % 3] as number
  }),
}

describe('cutOut', () => {
  test('takes the object with a margin of its own size around it', () => {
    const { data, width, height } = cutOut(image, [0.31, 0.51, 0.49, 0.24])
    // Columns 31..80 and rows 40.8..60, each with 12 % of the object's size on both sides.
    expect([width, height]).toEqual([61, 25])
    expect([...data.subarray(0, 2)]).toEqual([25, 38])
  })

  test('stays inside the picture', () => {
    const { width, height, data } = cutOut(image, [0, 0, 1, 1])
    expect([width, height, data.length]).toEqual([100, 80, 100 * 80 * 3])
  })
})

test.each<[string, [number, number, number, number]]>([
  ['inside', [0.31, 0.51, 0.49, 0.24]],
  ['at the edge', [0, 0.6, 0.3, 0.4]],
])('an object %s is found again in its own crop, to a pixel', (_where, bbox) => {
  const [x, y, w, h] = bbox
  const crop = cutOut(image, bbox)
  const [left, top] = crop.data as unknown as [number, number]
  const [cx, cy, cw, ch] = boxInCrop(bbox)
  expect(Math.abs(left + cx * crop.width - x * SIZE.width)).toBeLessThanOrEqual(1)
  expect(Math.abs(top + cy * crop.height - y * SIZE.height)).toBeLessThanOrEqual(1)
  expect(Math.abs(cw * crop.width - w * SIZE.width)).toBeLessThanOrEqual(1)
  expect(Math.abs(ch * crop.height - h * SIZE.height)).toBeLessThanOrEqual(1)
})

describe('encodeCrop', () => {
  test.each([
    [12, 40],
    [640, 480],
    [1_280, 720],
  ])('keeps even noise of %i x %i within the bound, as WebP named by its hash', async (width, height) => {
    const crop = await encodeCrop({ data: randomBytes(width * height * 3), width, height })
    expect(crop.bytes.byteLength).toBeLessThanOrEqual(CROP_MAX_BYTES)
    expect(crop.sha256).toBe(sha256Hex(crop.bytes))
    expect(await sharp(crop.bytes).metadata()).toMatchObject({
      format: 'webp',
      width: crop.width,
      height: crop.height,
    })
  })
})
