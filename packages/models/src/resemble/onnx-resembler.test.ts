import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_PACK_DIR, loadPack } from '../pack/load-pack.ts'
import { likeliestClasses } from './class-probabilities.ts'
import { createOnnxResembler } from './onnx-resembler.ts'
import type { Resembler } from './resembler.ts'

const STREET = fileURLToPath(new URL('../detect/golden/street.png', import.meta.url))
/** The car in the middle of the street, as a person drew it. */
const CAR = { left: 346, top: 18, width: 52, height: 40 }

describe('the default pack’s classifier', () => {
  let resembler: Resembler
  beforeAll(async () => {
    resembler = await createOnnxResembler(await loadPack(DEFAULT_PACK_DIR))
  })
  afterAll(() => resembler[Symbol.asyncDispose]())

  test('finds vehicles in the crop of a car, and the same again', async () => {
    const crop = await sharp(STREET).extract(CAR).resize(208, 160).webp().toBuffer()
    const found = await resembler.resemblances(crop)
    const vehicles = /van|wagon|minibus|limousine|car|convertible|pickup|jeep|cab|ambulance/
    expect(found.some(({ name }) => vehicles.test(name))).toBe(true)
    expect(await resembler.resemblances(crop)).toEqual(found)
  })

  test('refuses what is no picture, and goes on', async () => {
    await expect(resembler.resemblances(Buffer.from('no picture'))).rejects.toMatchObject({
      code: 'UNPROCESSABLE_MEDIA',
    })
    expect(Array.isArray(await resembler.resemblances(await readFile(STREET)))).toBe(true)
  })
})

test('few classes are kept, the likeliest first, and nothing where all are alike', () => {
  const classes = Array.from({ length: 40 }, (_, at) => `class ${at}`)
  expect(likeliestClasses(new Float32Array(40), classes)).toEqual([])
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, min: -30, max: 30 }), { minLength: 40, maxLength: 40 }),
      (logits) => {
        const found = likeliestClasses(logits, classes)
        expect(found.length).toBeLessThanOrEqual(5)
        expect(found.map(({ share }) => share)).toEqual(
          found.map(({ share }) => share).toSorted((a, b) => b - a),
        )
        expect(found.every(({ share }) => share >= 0.05)).toBe(true)
        if (found[0]) expect(logits[classes.indexOf(found[0].name)]).toBeCloseTo(Math.max(...logits), 0)
      },
    ),
  )
})
