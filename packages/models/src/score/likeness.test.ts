import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_PACK_DIR } from '../pack/load-pack.ts'
import { openTextEncoder } from '../pack/open-pack.ts'
import type { TextEncoder } from '../text/text-encoder.ts'
import { createLikenessMaker } from './likeness.ts'

let pack: Awaited<ReturnType<typeof openTextEncoder>>
beforeAll(async () => {
  pack = await openTextEncoder(DEFAULT_PACK_DIR)
})
afterAll(() => pack[Symbol.asyncDispose]())

const seen = (name: string, share = 1) => [{ name, share }]

test.each([
  ['footballer', 'soccer ball', 'espresso'],
  ['photographer with a tripod', 'tripod', 'suit'],
  ['man with a bow tie', 'bow tie', 'minivan'],
  ['cup of coffee', 'espresso', 'Persian cat'],
])('a picture is like "%s" that resembles %s, and not one of %s', async (query, near, far) => {
  expect(pack.classes).toContain(near)
  const likeness = await createLikenessMaker(pack, pack.classes).of(query)
  expect(likeness(seen(near))).toBeGreaterThan(1.5)
  expect(likeness(seen(far))).toBeLessThan(likeness(seen(near)) / 2)
  expect(likeness(seen(near, 0.5))).toBeCloseTo(likeness(seen(near)) / 2)
})

test('without classes, or of one that another pack names, nothing is like anything', async () => {
  const none = await createLikenessMaker(pack, []).of('footballer')
  const some = await createLikenessMaker(pack, pack.classes).of('footballer')
  expect([none(seen('soccer ball')), some(seen('a class of another pack')), some([])]).toEqual([0, 0, 0])
})

test('classes are encoded once, when first asked for, and anew after a failure', async () => {
  let sentences = 0
  let broken = true
  const flaky: TextEncoder = {
    space: pack.space,
    encode(texts) {
      sentences += texts.length
      return broken ? Promise.reject(new Error('down')) : pack.encode(texts)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const maker = createLikenessMaker(flaky, ['tripod', 'suit', 'espresso'])
  expect(sentences).toBe(0)
  await expect(maker.of('tripod')).rejects.toThrow('down')
  broken = false
  sentences = 0
  await maker.of('tripod')
  await maker.of('suit')
  expect(sentences).toBe(3 + 2)
})
