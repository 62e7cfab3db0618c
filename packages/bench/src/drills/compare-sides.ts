// What the device has against what the centre has, field by field: nothing lost, nothing twice, nothing invented.
import { readCentre, type CentreSide } from './read-centre.ts'
import { readDevice, type DeviceSide, type DrillSighting, type VideoWork } from './read-device.ts'
import type { FleetOfOne } from './fleet-of-one.ts'

export interface Comparison {
  detections: number
  sightingsOnDevice: number
  sightingsInCentre: number
  countedOnDevice: number
  countedInCentre: number
  sightingsEqualInAllFields: number
  entries: number
  hwm: number
  receipts: number
  epochs: number
  crops: number
  vectors: number
  videos: VideoWork[]
  faults: string[]
}

/** By the name of a source: where its one video must stand at the end, and what an undisturbed device found in it. */
export type ExpectedWork = Pick<VideoWork, 'framesDone' | 'detections' | 'sightings' | 'content'>

/** Both processes must be stopped. */
export async function compareSides(
  fleet: Pick<FleetOfOne, 'devicePath' | 'centreDatabase'>,
  expected: ReadonlyMap<string, ExpectedWork>,
): Promise<Comparison> {
  return compare(readDevice(fleet.devicePath), await readCentre(fleet.centreDatabase), expected)
}

/** The figures of both sides, and a line for each thing that is not equal. */
export function compare(
  device: DeviceSide,
  centre: CentreSide,
  expected: ReadonlyMap<string, ExpectedWork>,
): Comparison {
  const held = new Map(centre.sightings.map((thing) => [thing.id, thing]))
  const differences = device.sightings.flatMap((thing) => difference(thing, held.get(thing.id)))
  const epoch = centre.epochs.find((one) => one.epoch === device.epoch)
  const countedOnDevice = sumOfCounts(device.sightings)
  const countedInCentre = sumOfCounts(centre.sightings)
  const isTrue: [boolean, string][] = [
    [
      device.sightings.length === centre.sightings.length,
      `${device.sightings.length} sightings on the device, ${centre.sightings.length} in the centre`,
    ],
    [
      countedOnDevice === device.detections,
      `sightings count ${countedOnDevice} detections, ${device.detections} are kept`,
    ],
    [
      countedInCentre === device.detections,
      `the centre counts ${countedInCentre} detections, the device keeps ${device.detections}`,
    ],
    [
      device.sources.join() === centre.sources.join(),
      `sources differ: device ${device.sources.join()}, centre ${centre.sources.join()}`,
    ],
    [
      device.videos.length === expected.size,
      `${device.videos.length} videos for ${expected.size} sources added`,
    ],
    ...device.videos.flatMap((video) => workFaults(video, expected.get(video.source))),
    [centre.epochs.length === 1, `${centre.epochs.length} epochs where one is right`],
    [
      epoch?.hwm === device.maxSeq,
      `the centre's mark is ${epoch?.hwm}, the device issued ${device.maxSeq} entries`,
    ],
    [
      epoch?.receipts === device.maxSeq && epoch.firstSeq === 1 && epoch.lastSeq === device.maxSeq,
      `receipts ${JSON.stringify(epoch)} are not gapless up to ${device.maxSeq}`,
    ],
    ...device.sightings.map((thing): [boolean, string] => [
      thing.media === null || centre.crops.has(thing.media),
      `the crop of ${thing.id} is not in the centre`,
    ]),
    ...device.sightings.map((thing): [boolean, string] => [
      centre.vectors.has(`${thing.spaceId} ${thing.vectorHash}`),
      `the vector of ${thing.id} is not in the centre`,
    ]),
  ]
  return {
    detections: device.detections,
    sightingsOnDevice: device.sightings.length,
    sightingsInCentre: centre.sightings.length,
    countedOnDevice,
    countedInCentre,
    sightingsEqualInAllFields: device.sightings.length - differences.length,
    entries: device.maxSeq,
    hwm: epoch?.hwm ?? 0,
    receipts: epoch?.receipts ?? 0,
    epochs: centre.epochs.length,
    crops: centre.crops.size,
    vectors: centre.vectors.size,
    videos: device.videos,
    faults: [
      ...device.faults,
      ...centre.faults,
      ...differences,
      ...isTrue.flatMap(([right, fault]) => (right ? [] : [fault])),
    ],
  }
}

function workFaults(video: VideoWork, expected: ExpectedWork | undefined): [boolean, string][] {
  if (!expected) return [[false, `nobody added ${video.source}`]]
  return [
    [
      video.framesDone === expected.framesDone,
      `${video.source} stands at frame ${video.framesDone}, its end is ${expected.framesDone}`,
    ],
    [
      video.content === expected.content,
      `${video.source} has ${video.detections} detections and ${video.sightings} sightings, undisturbed it has ${expected.detections} and ${expected.sightings}, or the same number of others`,
    ],
  ]
}

function difference(thing: DrillSighting, copy: DrillSighting | undefined): string[] {
  if (!copy) return [`sighting ${thing.id} is not in the centre`]
  const fields = Object.keys({ ...thing, ...copy }).filter(
    (field) => JSON.stringify(thing[field]) !== JSON.stringify(copy[field]),
  )
  if (fields.length === 0) return []
  const told = fields.map(
    (field) => `${field} ${JSON.stringify(thing[field])}, centre ${JSON.stringify(copy[field])}`,
  )
  return [`sighting ${thing.id}: device ${told.join('; ')}`]
}

function sumOfCounts(sightings: readonly DrillSighting[]): number {
  return sightings.reduce((sum, thing) => sum + thing.count, 0)
}
