// `npm run bench -- keyframes`: opens the detectors, measures, and prints what key frames save beside what they cost.
import { join } from 'node:path'
import { openPack } from '@sam3-fleet/models/pack/open-pack'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { runKeyFramesBench, type KeyFramesBenchResult } from './keyframes-bench.ts'

/** Milliseconds of the recording between key frames at most; 1 makes every frame one. */
const GAPS_MS = [1, 400, 600, 1_000, 2_000]
/** Random weights are sure of much; what is measured is whether the same comes out, so the surest are enough. */
const TINY_CONFIDENCE = 0.78
const TINY_FRAMES = 50
/** What moves in a street is none of its objects, so that every frame would be a key frame. */
const TINY_LIMITS = { unlikePartMax: 1, unexplainedPartMax: 1 }
const CLIPS = ['vtest.avi', 'bikes.mp4']

export async function runKeyFrames(
  repository: string,
  { fps, frames }: { fps: number; frames: number },
): Promise<KeyFramesBenchResult> {
  await using real = await openPack(DEFAULT_PACK_DIR, { detectorWorkers: 1 })
  await using tiny = await openPack(join(repository, 'packages/models/src/sam3/fixtures/tiny'), {
    detectorWorkers: 1,
  })
  const result = await runKeyFramesBench({
    detectors: [
      { name: 'NanoDet', detector: real.detector, minConfidence: real.thresholds.track },
      {
        name: 'tiny SAM3',
        detector: tiny.detector,
        minConfidence: TINY_CONFIDENCE,
        prompts: ['person', 'car'],
        framesMax: TINY_FRAMES,
        limits: TINY_LIMITS,
      },
    ],
    clips: CLIPS.map((clip) => join(repository, '.cache/media', clip)),
    detectFps: fps,
    gapsMs: GAPS_MS,
    framesMax: frames,
    onClip: (name) => console.error(name),
  })
  const { machine, modelKeyFrameMs, rows } = result
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}; ${fps} frames a second`)
  console.log(`the saving is a model: ${modelKeyFrameMs} ms a key frame, and what a frame between takes here`)
  console.table(rows)
  return result
}
