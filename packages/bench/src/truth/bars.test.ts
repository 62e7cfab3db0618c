// What is called reached, against figures on both sides of a bar.
import { expect, test } from 'vitest'
import { barsOf } from './bars.ts'
import type { HalfMeasure } from './truth-bench.ts'

type Measured = Parameters<typeof barsOf>[0]

const tracking = { idf1: 0.8, tracksPerPerson: 1.6, peopleTracked: 1, people: 7, mixedTracks: 1, tracks: 8 }
const clip = (
  name: string,
  halves: Partial<Record<'tune' | 'test', number>>,
): Measured['product'][number] => ({
  clip: name,
  cpuMsPerFrame: 1,
  halves: Object.fromEntries(
    Object.entries(halves).map(([half, recall]): [string, HalfMeasure] => [
      half,
      {
        detection: { recall, precision: 1, threshold: 0.5, asked: 10 },
        tracks: name === 'vtest.avi' ? tracking : null,
        sightings: name === 'vtest.avi' ? tracking : null,
      },
    ]),
  ),
})
const answers = {
  asked: 18,
  firstRight: 0.849,
  inFirstFive: 1,
  absent: 9,
  absentQuiet: 0.9,
  strong: 12,
  strongRight: 0.75,
  strongRightPerQuery: 1,
}
const measured = {
  product: [
    clip('vtest.avi', { tune: 0.5, test: 0.96 }),
    clip('bikes.mp4', { tune: 0.5, test: 0.9 }),
    clip('carphone_pristine.mp4', { tune: 0.8 }),
  ],
  naive: [],
  queries: { halves: { test: { centre: answers, device: answers, naive: answers } } },
  colours: { halves: { test: { product: { wordsRight: 0.8 }, naive: { wordsRight: 0.4 } } } },
  quietCamera: { ratio: 0.25, halves: { test: { lostPoints: 1.2 } } },
} as unknown as Measured

test('a bar is reached at its very value, from the right side', () => {
  const reached = Object.fromEntries(barsOf(measured).map(({ what, reached: how }) => [what, how]))
  expect(reached).toEqual({
    'vtest.avi: people found at precision .95': 'must',
    'bikes.mp4: people found at precision .95': 'stretch',
    'carphone_pristine.mp4: people found at precision .95': 'missed',
    'tracks a person': 'must',
    IDF1: 'must',
    'sightings that mix two people': 'missed',
    'people with a sighting': 'stretch',
    'colour words right': 'must',
    'queries: first answer right (centre)': 'missed',
    'queries: first answer right (device)': 'missed',
    'queries: right in the first five (centre)': 'stretch',
    'queries: right in the first five (device)': 'stretch',
    'absent things: nothing or weak (centre)': 'must',
    'absent things: nothing or weak (device)': 'must',
    '"strong" that is right (centre)': 'missed',
    '"strong" that is right (device)': 'missed',
    'quiet camera: CPU with the gate, of that without': 'must',
    'quiet camera: points of recall lost': 'missed',
  })
})

test('the half that nothing was tuned on decides, and a clip that has none says so', () => {
  const rows = barsOf(measured)
  expect(rows.filter(({ half }) => half === 'tune').map(({ what }) => what)).toEqual([
    'carphone_pristine.mp4: people found at precision .95',
  ])
  expect(rows[0]).toMatchObject({ product: 0.96, naive: null, must: 0.95, stretch: 0.97 })
})
