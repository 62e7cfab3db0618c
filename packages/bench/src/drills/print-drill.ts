// The figures of a drill as tables for a person.
import type { KillDrillResult } from './kill-drill.ts'
import type { RtspDrillResult } from './rtsp-drill.ts'

const WORK_COLUMNS = ['framesDone', 'framesWithDetections', 'detections', 'sightings', 'content']

export function printKillDrill(result: KillDrillResult): void {
  const { comparison } = result
  console.table({
    detections: { device: comparison.detections, centre: comparison.countedInCentre },
    sightings: { device: comparison.sightingsOnDevice, centre: comparison.sightingsInCentre },
    'equal in all fields': {
      device: comparison.sightingsOnDevice,
      centre: comparison.sightingsEqualInAllFields,
    },
    'entries, receipts': { device: comparison.entries, centre: comparison.receipts },
  })
  console.table({
    'restart to ready, median s': ofBoth(result.restartToReadyS, 'median'),
    'restart to ready, max s': ofBoth(result.restartToReadyS, 'max'),
    'restart to a new ack, median s': ofBoth(result.restartToFirstNewAckS, 'median'),
    'restart to a new ack, max s': ofBoth(result.restartToFirstNewAckS, 'max'),
  })
  console.table(result.undisturbed, WORK_COLUMNS)
  console.table(comparison.videos, ['source', ...WORK_COLUMNS])
  console.log(
    `${result.stack}: ${result.killsOfDevice} + ${result.killsOfCentre} kills, ${result.killsWithUnackedEntries} with entries under way, ${result.wallS} s`,
  )
  const { faults } = comparison
  console.log(
    faults.length === 0
      ? 'both sides are equal, and every clip as undisturbed'
      : `NOT EQUAL:\n${faults.join('\n')}`,
  )
}

export function printRtspDrill(result: RtspDrillResult): void {
  console.table(result.outages)
  console.table(result.cameraStates)
  console.table(result.videos)
  console.log(
    `first frame after ${result.firstFrameS} s; ${result.framesDropped} frames dropped; sightings: ${result.sightings.camera} of the camera, ${result.sightings.files} of the files; longest time without a new frame of the files: ${result.fileLongestGapS} s`,
  )
}

function ofBoth(
  spreads: KillDrillResult['restartToReadyS'],
  field: 'median' | 'max',
): Record<'device' | 'centre', number> {
  return { device: spreads.device[field], centre: spreads.centre[field] }
}
