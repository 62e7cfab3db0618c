// The comparison must see what a lossy fleet would do; without that a drill that finds nothing shows nothing.
import { describe, expect, it } from 'vitest'
import { compare } from './compare-sides.ts'
import type { CentreSide } from './read-centre.ts'
import type { DeviceSide, DrillSighting } from './read-device.ts'

const DONE = { framesDone: 795, detections: 7, sightings: 2, content: 'c' }
const WORK = new Map([['s', DONE]])
const sighting = (id: string, count: number): DrillSighting => ({
  id,
  count,
  version: 2,
  spaceId: 'space',
  vectorHash: `v-${id}`,
  media: `m-${id}`,
})
const device = (): DeviceSide => ({
  epoch: 'e',
  detections: 7,
  maxSeq: 5,
  sightings: [sighting('a', 3), sighting('b', 4)],
  sources: ['s 2'],
  videos: [{ source: 's', framesWithDetections: 3, ...DONE }],
  faults: [],
})
const centre = (): CentreSide => ({
  sightings: [sighting('a', 3), sighting('b', 4)],
  sources: ['s 2'],
  crops: new Set(['m-a', 'm-b']),
  vectors: new Set(['space v-a', 'space v-b']),
  epochs: [{ epoch: 'e', hwm: 5, receipts: 5, firstSeq: 1, lastSeq: 5 }],
  faults: [],
})

describe('compare', () => {
  it('finds nothing when both sides have the same', () => {
    expect(compare(device(), centre(), WORK)).toMatchObject({ faults: [], sightingsEqualInAllFields: 2 })
  })

  it.each<[string, (side: CentreSide) => void]>([
    ['a lost sighting', (side) => side.sightings.pop()],
    ['an invented sighting', (side) => side.sightings.push(sighting('c', 0))],
    ['an older version', (side) => Object.assign(side.sightings[0] ?? {}, { version: 1 })],
    ['another count', (side) => Object.assign(side.sightings[0] ?? {}, { count: 6 })],
    ['a lost crop', (side) => side.crops.delete('m-a')],
    ['a lost vector', (side) => side.vectors.delete('space v-b')],
    ['a lost source', (side) => side.sources.pop()],
    ['a gap in the receipts', (side) => Object.assign(side.epochs[0] ?? {}, { receipts: 4 })],
    ['a mark that lags', (side) => Object.assign(side.epochs[0] ?? {}, { hwm: 4 })],
    [
      'a second epoch',
      (side) => side.epochs.push({ epoch: 'f', hwm: 1, receipts: 1, firstSeq: 1, lastSeq: 1 }),
    ],
  ])('sees %s', (_what, damage) => {
    const side = centre()
    damage(side)
    expect(compare(device(), side, WORK).faults).not.toEqual([])
  })

  it('sees a detection that no sighting counts', () => {
    expect(compare({ ...device(), detections: 8 }, centre(), WORK).faults).not.toEqual([])
  })

  it('sees a source that was never worked on', () => {
    expect(compare(device(), centre(), new Map([...WORK, ['t', DONE]])).faults).not.toEqual([])
  })

  it('sees that something else was found than without kills', () => {
    expect(compare(device(), centre(), new Map([['s', { ...DONE, content: 'd' }]])).faults).not.toEqual([])
  })

  it('sees a clip that was left before its end', () => {
    expect(compare(device(), centre(), new Map([['s', { ...DONE, framesDone: 797 }]])).faults).not.toEqual([])
  })
})
