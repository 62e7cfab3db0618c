import { expect, test } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { clipPath, type ClipName } from '@sam3-fleet/test-kit/media'
import { openAvFrameSource } from './av-frame-source.ts'
import type { OpenFrameSource } from './frame-source.ts'
import { gstFrameSources } from './testing/open-gst-source.ts'

/** Frames a second: a look now and then over the whole clip. */
const DETECT_FPS = { 'vtest.avi': 0.1, 'bikes.mp4': 2 } as const
/** Of boxes that are compared: weaker ones come and go with the last bit of a picture. */
const CONFIDENCE_MIN = 0.45
/** Both from what was seen: on the street .93 and .015 at worst; small cars and people of the cyclists .69 and .08. */
const OVERLAP_MIN = 0.65
const CONFIDENCE_DIFFERENCE_MAX = 0.12

async function detectAll(
  open: OpenFrameSource,
  detector: Detector,
  { uri, detectFps }: { uri: string; detectFps: number },
): Promise<DetectedObject[][]> {
  await using source = await open({
    uri,
    kind: 'file',
    detectFps,
    input: detector.inputSize,
    queueMax: 2,
    signal: new AbortController().signal,
  })
  const seen: DetectedObject[][] = []
  for await (const { frame } of source.frames(0)) seen.push((await detector.detect(frame)).objects)
  return seen
}

/** Sure objects of `these` that have no counterpart in `those`, which may be a little less sure. */
function lost(these: readonly DetectedObject[], those: readonly DetectedObject[]): DetectedObject[] {
  return these.filter(
    ({ label, bbox, confidence }) =>
      confidence >= CONFIDENCE_MIN &&
      !those.some(
        (other) =>
          other.label === label &&
          iou(other.bbox, bbox) >= OVERLAP_MIN &&
          Math.abs(other.confidence - confidence) <= CONFIDENCE_DIFFERENCE_MAX,
      ),
  )
}

test.each(Object.entries(DETECT_FPS) as [ClipName, number][])(
  'the detector sees the same in %s by FFmpeg and by GStreamer',
  async (clip, detectFps) => {
    await using pack = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
    const options = { uri: clipPath(clip), detectFps }
    const byFfmpeg = await detectAll(openAvFrameSource, pack.detector, options)
    const byGstreamer = await detectAll(gstFrameSources(), pack.detector, options)
    expect(byGstreamer).toHaveLength(byFfmpeg.length)
    const sure = byFfmpeg.flat().filter(({ confidence }) => confidence >= CONFIDENCE_MIN)
    expect(sure.length).toBeGreaterThanOrEqual(10)
    for (const [n, objects] of byFfmpeg.entries()) {
      const others = byGstreamer[n] as DetectedObject[]
      expect(lost(objects, others), `frame ${n}`).toEqual([])
      expect(lost(others, objects), `frame ${n}`).toEqual([])
    }
  },
)
