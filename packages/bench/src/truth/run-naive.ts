// What somebody would build in an afternoon, for comparison: every frame in a square, boxes above one threshold, tracks
// by overlap with the frame before. No second look at weak boxes, no prediction, no joining.
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import { assign } from '@sam3-fleet/edge-agent/track/assignment'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import type { KeptDetection } from '../edge-world.ts'
import type { ClipRun } from './run-clip.ts'

const EVERY_FRAME_FPS = 60
/** As NanoDet's own demo draws boxes. */
const CONFIDENCE_MIN = 0.4
/** Overlap with the frame before that makes it the same object. */
const OVERLAP_MIN = 0.3
const US_PER_MS = 1_000

export async function runNaive(pack: OpenPack, path: string): Promise<ClipRun> {
  const { inputSize } = pack.detector
  await using source = await openAvFrameSource({
    uri: path,
    kind: 'file',
    detectFps: EVERY_FRAME_FPS,
    input: { ...inputSize, multipleOf: inputSize.width },
    queueMax: 1,
    signal: new AbortController().signal,
  })
  const before = process.cpuUsage()
  const detections: KeptDetection[] = []
  let last: { object: DetectedObject; trackId: number }[] = []
  let tracks = 0
  let frames = 0
  for await (const { frame, frameIdx } of source.frames(0)) {
    const { objects } = await pack.detector.detect(frame, { minConfidence: CONFIDENCE_MIN })
    const pairs = new Map(
      assign(objects.length, last.length, (a, b) => costOf(objects[a], last[b]?.object), 1 - OVERLAP_MIN),
    )
    last = objects.map((object, at) => {
      const known = last[pairs.get(at) ?? -1]
      return { object, trackId: known?.trackId ?? (tracks += 1) }
    })
    for (const { object, trackId } of last) {
      const { label, confidence, bbox } = object
      detections.push({ frameIdx, trackId, sightingId: String(trackId), label, confidence, bbox })
    }
    frames += 1
  }
  const { user, system } = process.cpuUsage(before)
  return {
    detections,
    sightings: [],
    frames,
    cpuMsPerFrame: (user + system) / US_PER_MS / Math.max(1, frames),
  }
}

function costOf(a: DetectedObject | undefined, b: DetectedObject | undefined): number {
  return a && b && a.label === b.label ? 1 - iou(a.bbox, b.bbox) : Infinity
}
