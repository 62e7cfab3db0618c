// Colour words that the product says of an object against those that a person named for its parts. The box is given, so
// that only the words are judged.
import { describeSighting } from '@sam3-fleet/models/describe/describe-sighting'
import { measureColours } from '@sam3-fleet/models/describe/measure-colours'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'

export interface ColouredObject {
  image: RgbImage
  bbox: Bbox
  label: string
  /** For each part that a person looked at, the names that fit, best first. */
  parts: readonly (readonly string[])[]
}

export interface ColourMeasure {
  objects: number
  /** Objects of which no colour was said: too small, or nothing stood out. */
  silent: number
  words: number
  /** Part of the said words that fit some part of their object. */
  wordsRight: number
  /** Part of the objects whose first word fits. */
  firstRight: number
}

export interface JudgedObject {
  said: string[]
  right: boolean[]
}

export function judgeColours({ image, bbox, label, parts }: ColouredObject): JudgedObject {
  const described = describeSighting({ label, colours: measureColours(image, bbox), bbox, path: [] })
  const said = described.words.filter(({ from }) => from === 'colours').map(({ word }) => word)
  const fitting = new Set(parts.flat())
  return { said, right: said.map((word) => fitting.has(word)) }
}

export function measureColourWords(judged: readonly JudgedObject[]): ColourMeasure {
  const speaking = judged.filter(({ said }) => said.length > 0)
  const words = speaking.flatMap(({ right }) => right)
  const part = (count: number, of: number): number => (of === 0 ? 0 : count / of)
  return {
    objects: judged.length,
    silent: judged.length - speaking.length,
    words: words.length,
    wordsRight: part(words.filter((isRight) => isRight).length, words.length),
    firstRight: part(speaking.filter(({ right }) => right[0] === true).length, judged.length),
  }
}
