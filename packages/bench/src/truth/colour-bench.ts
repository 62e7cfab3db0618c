// The colour words that the product says of labelled things, and the one word of a naive measure, against the names
// that a person gave. Boxes are the labels' own, pictures the product's own decoder's.
import { extname, join } from 'node:path'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { round } from '../measure-run.ts'
import { readColours, type LabelledColours } from './colour-labels.ts'
import { judgeColours, measureColourWords, type ColourMeasure, type JudgedObject } from './colour-measure.ts'
import { naiveColour } from './colour-naive.ts'
import { openFrames, type OpenedFrame } from './photo-frames.ts'
import type { Half } from './truth-files.ts'

const PHOTO_ENDINGS = new Set(['.jpg', '.jpeg', '.png'])

export interface ColoursOptions {
  evalDir: string
  mediaDir: string
  photosDir: string
  /** Hears of every thing of the tune half, to look into; the test half is only counted. */
  onTuned?: (thing: LabelledColours, judged: JudgedObject) => void
}

export interface ColoursHalf {
  product: ColourMeasure
  naive: ColourMeasure
}

export interface ColoursResult {
  halves: Record<Half, ColoursHalf>
  /** Wall time for the words of one thing, the median. */
  msPerObject: number
}

interface JudgedThing {
  half: Half
  product: JudgedObject
  naive: JudgedObject
  ms: number
}

export async function measureColours(options: ColoursOptions): Promise<ColoursResult> {
  const judged: JudgedThing[] = []
  for (const [file, things] of Map.groupBy(await readColours(options.evalDir), (thing) => thing.file)) {
    const folder = PHOTO_ENDINGS.has(extname(file)) ? options.photosDir : options.mediaDir
    const wanted = things.map(({ frameIdx }) => frameIdx)
    for await (const opened of openFrames(join(folder, file), wanted))
      for (const thing of things.filter(({ frameIdx }) => frameIdx === opened.frameIdx)) {
        const one = judgeThing(thing, opened)
        judged.push(one)
        if (thing.half === 'tune') options.onTuned?.(thing, one.product)
      }
  }
  const half = (name: Half): ColoursHalf => {
    const ofHalf = judged.filter((one) => one.half === name)
    return {
      product: measureColourWords(ofHalf.map(({ product }) => product)),
      naive: measureColourWords(ofHalf.map(({ naive }) => naive)),
    }
  }
  return { halves: { tune: half('tune'), test: half('test') }, msPerObject: medianMs(judged) }
}

function judgeThing(thing: LabelledColours, { frame: { image }, width, height }: OpenedFrame): JudgedThing {
  const [x, y, w, h] = thing.box
  const bbox: Bbox = [x / width, y / height, w / width, h / height]
  const startedMs = performance.now()
  const product = judgeColours({ image, bbox, label: thing.label, parts: thing.parts })
  const ms = performance.now() - startedMs
  const word = naiveColour(image, bbox)
  const naive = { said: [word], right: [thing.parts.flat().includes(word)] }
  return { half: thing.half, product, naive, ms }
}

function medianMs(judged: readonly JudgedThing[]): number {
  const sorted = judged.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return round(sorted[sorted.length >> 1] ?? 0)
}
