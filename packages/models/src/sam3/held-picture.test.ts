// When a seen picture is freed, against questions that end when the test says so.
import { expect, it } from 'vitest'
import { heldPicture } from './held-picture.ts'
import type { FoundObject } from './sam3.ts'

function asked() {
  const found = Promise.withResolvers<FoundObject[][]>()
  const segments = Promise.withResolvers<never>()
  const freed: string[] = []
  const picture = heldPicture(
    { encodeMs: 1, find: () => found.promise, segment: () => segments.promise },
    () => void freed.push('freed'),
  )
  return { picture, found, segments, freed }
}

it('frees a picture that is disposed of when the last question about it has ended, however it ends', async () => {
  const { picture, found, segments, freed } = asked()
  const finding = picture.find([{ text: 'car' }])
  const cutting = picture.segment([]).catch((thrown: unknown) => thrown)
  const gone = picture[Symbol.asyncDispose]()
  const goneAgain = picture[Symbol.asyncDispose]()
  await expect(picture.find([{ text: 'dog' }])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(freed).toEqual([])
  found.resolve([[]])
  expect(await finding).toEqual([[]])
  expect(freed).toEqual([])
  const failure = new Error('it failed')
  segments.reject(failure)
  expect(await cutting).toBe(failure)
  await Promise.all([gone, goneAgain])
  expect(freed).toEqual(['freed'])
})

it('frees a picture at once that nobody asks about', async () => {
  const { picture, found, freed } = asked()
  const finding = picture.find([{ text: 'car' }])
  found.resolve([[]])
  await finding
  void picture[Symbol.asyncDispose]()
  expect(freed).toEqual(['freed'])
})
