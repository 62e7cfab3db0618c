// The figures of the truth bench against what the product is held to: a row for each bar, with the naive pipeline beside
// it. Measured on the half that nothing was tuned on; where a clip lies wholly in the other half, the row says so.
import type { AnswerMeasure } from './queries/answer-measure.ts'
import type { ClipMeasure, HalfMeasure, TruthBenchResult } from './truth-bench.ts'
import type { Half } from './truth-files.ts'

/** What must be reached, and what would be better still; null where nothing better is asked. */
interface Bounds {
  must: number
  stretch: number | null
  /** Less is better. */
  isCeiling?: boolean
}

export interface Bar extends Bounds {
  what: string
  half: Half
  /** Null where the naive pipeline has no such figure. */
  naive: number | null
  product: number
  reached: 'stretch' | 'must' | 'missed'
}

type Measured = Omit<TruthBenchResult, 'bars'>

const STREET = 'vtest.avi'
const OTHER_CLIPS = ['bikes.mp4', 'carphone_pristine.mp4'] as const

export function barsOf(result: Measured): Bar[] {
  return [...peopleBars(result), ...answerBars(result), ...quietBars(result)]
}

function peopleBars({ product, naive, colours }: Measured): Bar[] {
  const [ours, theirs] = [halfOf(product, STREET, 'test'), halfOf(naive, STREET, 'test')]
  const both = (
    what: string,
    figure: (of: HalfMeasure) => number | null | undefined,
    bounds: Bounds,
  ): Bar[] =>
    barOf({ what, half: 'test', product: ours && figure(ours), naive: theirs && figure(theirs), bounds })
  const others = OTHER_CLIPS.flatMap((clip) => {
    const half = halfOf(product, clip, 'test') ? 'test' : 'tune'
    return barOf({
      what: `${clip}: people found at precision .95`,
      half,
      product: halfOf(product, clip, half)?.detection.recall,
      naive: halfOf(naive, clip, half)?.detection.recall,
      bounds: { must: 0.85, stretch: 0.9 },
    })
  })
  return [
    ...both(`${STREET}: people found at precision .95`, ({ detection }) => detection.recall, {
      must: 0.95,
      stretch: 0.97,
    }),
    ...others,
    ...both('tracks a person', ({ tracks }) => tracks?.tracksPerPerson, {
      must: 1.6,
      stretch: 1.2,
      isCeiling: true,
    }),
    ...both('IDF1', ({ tracks }) => tracks?.idf1, { must: 0.75, stretch: 0.85 }),
    ...both(
      'sightings that mix two people',
      ({ sightings }) => sightings && sightings.mixedTracks / sightings.tracks,
      { must: 0.05, stretch: 0.02, isCeiling: true },
    ),
    ...both('people with a sighting', ({ sightings }) => sightings?.peopleTracked, {
      must: 0.97,
      stretch: 1,
    }),
    ...barOf({
      what: 'colour words right',
      half: 'test',
      product: colours.halves.test.product.wordsRight,
      naive: colours.halves.test.naive.wordsRight,
      bounds: { must: 0.8, stretch: 0.9 },
    }),
  ]
}

function answerBars({ queries }: Measured): Bar[] {
  const { naive, ...product } = queries.halves.test
  const answers = (what: string, figure: (of: AnswerMeasure) => number, bounds: Bounds): Bar[] =>
    (['centre', 'device'] as const).flatMap((who) =>
      barOf({
        what: `${what} (${who})`,
        half: 'test',
        product: figure(product[who]),
        naive: figure(naive),
        bounds,
      }),
    )
  return [
    ...answers('queries: first answer right', ({ firstRight }) => firstRight, { must: 0.85, stretch: 0.9 }),
    ...answers('queries: right in the first five', ({ inFirstFive }) => inFirstFive, {
      must: 0.95,
      stretch: 1,
    }),
    ...answers('absent things: nothing or weak', ({ absentQuiet }) => absentQuiet, { must: 0.9, stretch: 1 }),
    ...answers('"strong" that is right', ({ strongRight }) => strongRight, { must: 0.9, stretch: 0.95 }),
  ]
}

function quietBars({ quietCamera }: Measured): Bar[] {
  return [
    ...barOf({
      what: 'quiet camera: CPU with the gate, of that without',
      half: 'test',
      product: quietCamera.ratio,
      naive: 1,
      bounds: { must: 0.4, stretch: 0.2, isCeiling: true },
    }),
    ...barOf({
      what: 'quiet camera: points of recall lost',
      half: 'test',
      product: quietCamera.halves.test.lostPoints,
      naive: 0,
      bounds: { must: 1, stretch: null, isCeiling: true },
    }),
  ]
}

function halfOf(clips: readonly ClipMeasure[], name: string, half: Half): HalfMeasure | undefined {
  return clips.find(({ clip }) => clip === name)?.halves[half]
}

/** No row where the product has no figure. */
function barOf(row: {
  what: string
  half: Half
  product: number | null | undefined
  naive: number | null | undefined
  bounds: Bounds
}): Bar[] {
  const { what, half, product, naive, bounds } = row
  if (product == null) return []
  return [{ what, half, naive: naive ?? null, product, ...bounds, reached: reachedBy(product, bounds) }]
}

function reachedBy(figure: number, { must, stretch, isCeiling = false }: Bounds): Bar['reached'] {
  const reaches = (bound: number): boolean => (isCeiling ? figure <= bound : figure >= bound)
  if (stretch !== null && reaches(stretch)) return 'stretch'
  return reaches(must) ? 'must' : 'missed'
}
