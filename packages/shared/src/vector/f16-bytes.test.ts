import { expect, test } from 'vitest'
import { fromF16Bytes, toF16Bytes } from './vector.ts'

test('halves come back as they went, also out of a Buffer that is part of a larger one', () => {
  const halves = new Float32Array([0.5, -0.25, 1])
  const bytes = toF16Bytes(halves)
  const part = Buffer.concat([Buffer.from([7]), bytes, Buffer.from([7])]).subarray(1, 1 + bytes.byteLength)
  expect(fromF16Bytes(bytes)).toEqual(halves)
  expect(fromF16Bytes(part)).toEqual(halves)
  expect(fromF16Bytes(Buffer.from(part.toString('base64'), 'base64'))).toEqual(halves)
})
