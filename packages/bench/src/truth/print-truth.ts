// The figures of the truth bench as tables, the half that nothing was tuned on first.
import type { Bar } from './bars.ts'
import type { QueryMeasure } from './queries/query-measure.ts'
import type { ClipMeasure, TruthBenchResult } from './truth-bench.ts'
import type { Half } from './truth-files.ts'

export function printTruth(result: TruthBenchResult): void {
  const { product, naive, queries } = result
  for (const half of ['test', 'tune'] as const) {
    const rows: Record<string, Record<string, string | number>> = {}
    for (const [who, clips] of [
      ['product', product],
      ['naive', naive],
    ] as const)
      for (const clip of clips) {
        const row = rowOf(clip, half)
        if (row) rows[`${clip.clip} ${who}`] = row
      }
    console.log(half === 'test' ? 'The half that nothing was tuned on:' : 'The half for tuning:')
    console.table(rows)
    console.table(answerRows(queries, half))
    console.table(colourRows(result, half))
    console.table(photoRows(result, half))
    console.table(exemplarRows(result, half))
    console.table(maskRows(result, half))
    console.table(quietRows(result, half))
  }
  const { cpuMsPerLook, ratio, busyPart } = result.quietCamera
  console.log('A quiet camera, CPU ms a look:')
  console.table({ ...cpuMsPerLook, 'with the gate / without': ratio, 'looks with somebody': busyPart })
  console.log('What the product is held to:')
  console.table(Object.fromEntries(result.bars.map(barRow)))
}

function barRow({ what, half, naive, product, must, stretch, isCeiling, reached }: Bar): [string, object] {
  const bound = (value: number | null): string =>
    value === null ? '-' : `${isCeiling ? '<=' : '>='} ${value}`
  return [
    what,
    {
      half,
      naive: naive === null ? '-' : three(naive),
      product: three(product),
      must: bound(must),
      stretch: bound(stretch),
      reached,
    },
  ]
}

function colourRows({ colours }: TruthBenchResult, half: Half): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(colours.halves[half]).map(([who, measure]) => [
      `colours ${who}`,
      {
        things: String(measure.objects),
        silent: String(measure.silent),
        'words right': `${three(measure.wordsRight)} of ${measure.words}`,
        'first word right': three(measure.firstRight),
      },
    ]),
  )
}

function photoRows({ photos }: TruthBenchResult, half: Half): Record<string, Record<string, string>> {
  const { product, naive, photos: count } = photos.halves[half]
  const row = ({ places, kinds }: typeof product): Record<string, string> => ({
    photos: String(count),
    things: String(places.asked),
    'recall at precision .95': three(places.recall),
    'with the right kind': three(kinds.recall),
  })
  return { 'photos product': row(product), 'photos naive': row(naive) }
}

/** Part of the crops that show all of their thing, by who chose them. */
function exemplarRows({ exemplars }: TruthBenchResult, half: Half): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(exemplars).flatMap(([clip, halves]) =>
      Object.entries(halves[half]).map(([what, choice]) => [
        `whole in the crop: ${clip} ${what}`,
        {
          of: String(choice.exemplars),
          product: three(choice.product.clear),
          largest: three(choice.largest.clear),
          first: three(choice.first.clear),
          random: three(choice.random.clear),
          best: three(choice.best.clear),
        },
      ]),
    ),
  )
}

function maskRows({ masks }: TruthBenchResult, half: Half): Record<string, Record<string, string>> {
  const { median, mean } = masks.halves[half]
  const row = (of: typeof median): Record<string, string> =>
    Object.fromEntries(Object.entries(of).map(([hint, overlap]) => [hint, three(overlap)]))
  return { 'mask IoU, median': row(median), 'mask IoU, mean': row(mean) }
}

function quietRows({ quietCamera }: TruthBenchResult, half: Half): Record<string, Record<string, string>> {
  const { asked, off, on, lostPoints } = quietCamera.halves[half]
  return {
    'quiet camera': {
      'people asked': String(asked),
      'recall without gate': three(off.recall),
      'with gate': three(on.recall),
      'points lost': lostPoints.toFixed(1),
    },
  }
}

function answerRows({ halves }: QueryMeasure, half: Half): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(halves[half]).map(([who, measure]) => [
      who,
      {
        'first answer right': `${three(measure.firstRight)} of ${measure.asked}`,
        'in the first five': three(measure.inFirstFive),
        'absent: nothing or weak': `${three(measure.absentQuiet)} of ${measure.absent}`,
        'strong ones right': `${three(measure.strongRight)} of ${measure.strong}`,
        'strong ones right, by query': three(measure.strongRightPerQuery),
      },
    ]),
  )
}

function rowOf(
  { halves, cpuMsPerFrame }: ClipMeasure,
  half: 'tune' | 'test',
): Record<string, string | number> | null {
  const measure = halves[half]
  if (!measure) return null
  const { detection, tracks, sightings } = measure
  return {
    'people asked': detection.asked,
    'recall at precision .95': three(detection.recall),
    IDF1: three(tracks?.idf1),
    'tracks a person': three(tracks?.tracksPerPerson),
    'mixed sightings': sightings ? `${sightings.mixedTracks} of ${sightings.tracks}` : '-',
    'people with a sighting': three(sightings?.peopleTracked),
    'CPU ms a frame': cpuMsPerFrame,
  }
}

function three(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(3)
}
