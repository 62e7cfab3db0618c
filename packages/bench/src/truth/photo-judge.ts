// What was found in a labelled photo and its labels in, a frame to be judged out, by place alone or by kind too. Pure.
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { JudgedFrame } from './detection-measure.ts'
import type { ClipTruth } from './truth-files.ts'

/** Lower things are not all labelled: asked of nobody and held against nobody. */
const HEIGHT_MIN_PIXELS = 40

export interface FoundInPhoto {
  label: string
  confidence: number
  bbox: Bbox
}

export interface PhotoFrames {
  /** A box is right wherever some labelled thing is, whatever it is called. */
  places: JudgedFrame
  /** A box must bear one of the names of its thing, too. */
  kinds: JudgedFrame
}

export function judgePhoto(truth: ClipTruth, found: readonly FoundInPhoto[]): PhotoFrames {
  const { width, height } = truth
  const crowd = new Set(truth.frames.flatMap((frame) => frame.crowd ?? []))
  const asked = truth.frames.flatMap(({ boxes }) =>
    boxes.map(({ box: [x, y, w, h], label, also, ignore }) => ({
      bbox: [x / width, y / height, w / width, h / height] satisfies Bbox,
      isIgnored: ignore || h < HEIGHT_MIN_PIXELS,
      labels: [label, ...(also ?? [])],
    })),
  )
  const judgeable = found.map((one) => ({
    ...one,
    isExcused: crowd.has(one.label) || one.bbox[3] * height < HEIGHT_MIN_PIXELS,
  }))
  return {
    places: { found: judgeable, truth: asked.map(({ bbox, isIgnored }) => ({ bbox, isIgnored })) },
    kinds: { found: judgeable, truth: asked },
  }
}
