// The labels of a clip as a judge of exemplars: how well an object that a detection found can be seen in that frame.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { matchBoxes } from './match-boxes.ts'
import type { ClipTruth, Half, LabelledBox, LabelledFrame } from './truth-files.ts'

/** As eval/README.md has it: boxes between two keyframes say who is where, not where exactly. */
const OVERLAP_MIN = 0.4
/** Labelled frames this far apart say where somebody with an identity is in between. */
const KEYFRAME_STEP_MAX = 10
/** Frames around a labelled one in which things without identities are still as they are in it. */
const NEAR_FRAMES = 2
/** Up to here "occluded" means a hand or a foot. */
const OCCLUDED_MAX = 0.1
/** Part of the picture's size; boxes are good to 2 pixels. */
const EDGE = 0.004

export interface Judged {
  /** Part that something else hides, roughly. */
  occluded: number
  /** All of it can be seen: neither hidden nor cut by the picture's edge. */
  isClear: boolean
}

interface Labelled {
  label: string
  bbox: Bbox
  occluded: number
  isIgnored: boolean
}

export interface ExemplarJudge {
  /** For each detection of a frame what the labels say of its object; null where they say nothing. */
  judge(frameIdx: number, found: readonly { label: string; bbox: Bbox }[]): (Judged | null)[]
}

export function createExemplarJudge(truth: ClipTruth, half: Half): ExemplarJudge {
  const frames = truth.frames
    .filter((frame) => frame.half === half)
    .toSorted((a, b) => a.frameIdx - b.frameIdx)
  return {
    judge(frameIdx, found) {
      const labelled = labelledAt(frames, frameIdx).map((one) => toLabelled(one, truth))
      const pairs = matchBoxes(
        found.map(({ bbox }) => bbox),
        labelled.map(({ bbox }) => bbox),
        OVERLAP_MIN,
      )
      return found.map(({ label }, at) => {
        const one = labelled[pairs.find((pair) => pair.found === at)?.truth ?? -1]
        return one && one.label === label ? judged(one) : null
      })
    },
  }
}

function judged({ bbox: [x, y, w, h], occluded, isIgnored }: Labelled): Judged {
  const isCut = x < EDGE || y < EDGE || x + w > 1 - EDGE || y + h > 1 - EDGE
  return { occluded: isIgnored ? 1 : occluded, isClear: !isIgnored && !isCut && occluded <= OCCLUDED_MAX }
}

function labelledAt(frames: readonly LabelledFrame[], frameIdx: number): LabelledBox[] {
  const nearest = frames.find((frame) => frame.frameIdx === frameIdx)
  if (nearest) return nearest.boxes
  const before = frames.findLast((frame) => frame.frameIdx < frameIdx)
  const behind = frames.find((frame) => frame.frameIdx > frameIdx)
  const named =
    before && behind && behind.frameIdx - before.frameIdx <= KEYFRAME_STEP_MAX
      ? between(before, behind, (frameIdx - before.frameIdx) / (behind.frameIdx - before.frameIdx))
      : []
  const near = [before, behind].find((frame) => frame && Math.abs(frame.frameIdx - frameIdx) <= NEAR_FRAMES)
  return [...named, ...(near?.boxes ?? []).filter(({ personId }) => personId === null)]
}

/** Those who are clear in both frames. */
function between(from: LabelledFrame, to: LabelledFrame, share: number): LabelledBox[] {
  const mix = (a: number, b: number): number => a + (b - a) * share
  return from.boxes.flatMap((one) => {
    const other = to.boxes.find(({ personId }) => personId !== null && personId === one.personId)
    if (!other || one.ignore || other.ignore) return []
    const [x, y, w, h] = one.box
    const [toX, toY, toW, toH] = other.box
    const box: LabelledBox['box'] = [mix(x, toX), mix(y, toY), mix(w, toW), mix(h, toH)]
    return [{ ...one, box, occluded: mix(one.occluded, other.occluded) }]
  })
}

function toLabelled({ box, label, occluded, ignore }: LabelledBox, { width, height }: ClipTruth): Labelled {
  const [x, y, w, h] = box
  return { label, bbox: [x / width, y / height, w / width, h / height], occluded, isIgnored: ignore }
}
