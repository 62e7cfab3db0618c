import { expect, it } from 'vitest'
import { nanodetInput } from './nanodet-preprocess.ts'

const input = {
  name: 'image',
  width: 2,
  height: 1,
  padValue: 114,
  channels: 'bgr' as const,
  mean: [100, 110, 120] as [number, number, number],
  std: [10, 20, 40] as [number, number, number],
}

it('turns packed RGB into planes of blue, green and red, each less its mean over its deviation', () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(200, 150, 90, 0, 10, 255) }
  const tensor = nanodetInput(image, input)
  expect(tensor.dims).toEqual([1, 3, 1, 2])
  expect([...tensor.data]).toEqual([-1, 15.5, 2, -5, 2, -3])
})
