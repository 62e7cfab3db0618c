// Things that somebody points at, cut out as /segment does it, against their hand-drawn outlines: how much of both is
// the same (intersection over union), for a box, for clicks, and for the box alone without any cutting.
import { hintsOf, withBoxOf } from '@sam3-fleet/edge-agent/api/segment/hints'
import { openPicture } from '@sam3-fleet/edge-agent/api/segment/picture'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { createClassicalSegmenter } from '@sam3-fleet/models/segment/classical-segmenter'
import type { Segmenter } from '@sam3-fleet/models/segment/segmenter'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { round } from '../measure-run.ts'
import { fillPolygons } from './fill-polygons.ts'
import { pictureOf, readMasks, type DrawnMask, type PictureFolders } from './mask-truth.ts'
import type { Half } from './truth-files.ts'

/** Outlines are measured here; how fast a machine is that has other things to do says nothing of them. */
const HINT_LIMIT_MS = 60_000

/** What is pointed with: a box; clicks where a detector knows the place; clicks alone; a box that is simply filled. */
export type MaskHint = 'box' | 'points' | 'pointsAlone' | 'naive'

export interface MaskMeasureOptions extends PictureFolders {
  pack: OpenPack
  evalDir: string
  onMask?: (id: string) => void
}

export interface MaskOverlaps {
  id: string
  half: Half
  label: string
  /** Intersection over union with the drawn outline, 0..1. */
  overlaps: Record<MaskHint, number>
}

export interface MaskHalf {
  masks: number
  median: Record<MaskHint, number>
  mean: Record<MaskHint, number>
}

export interface MaskMeasure {
  method: Segmenter['method']
  halves: Record<Half, MaskHalf>
  masks: MaskOverlaps[]
}

export async function measureMasks(options: MaskMeasureOptions): Promise<MaskMeasure> {
  await using segmenter = createClassicalSegmenter({ clock: systemClock, hintLimitMs: HINT_LIMIT_MS })
  const masks: MaskOverlaps[] = []
  for (const drawn of await readMasks(options.evalDir)) {
    options.onMask?.(drawn.id)
    masks.push(await measureMask(drawn, segmenter, options))
  }
  return {
    method: segmenter.method,
    halves: { tune: measureHalf(masks, 'tune'), test: measureHalf(masks, 'test') },
    masks,
  }
}

async function measureMask(
  drawn: DrawnMask,
  segmenter: Segmenter,
  { pack, ...folders }: MaskMeasureOptions,
): Promise<MaskOverlaps> {
  const bytes = await pictureOf(drawn, folders, pack.detector.inputSize)
  const truth = fillPolygons(drawn.polygons, drawn)
  const [x, y, w, h] = drawn.box
  const corners: [number, number, number, number] = [x, y, x + w, y + h]
  const cutOut = async (
    fields: Parameters<typeof hintsOf>[0],
    { withDetector }: { withDetector: boolean },
  ): Promise<number> => {
    const { frame, uploaded } = await openPicture(bytes, pack.detector.inputSize)
    if (uploaded.width !== drawn.width || uploaded.height !== drawn.height)
      throw new Error(`${drawn.id} was drawn on a picture of another size`)
    const seen = await pack.detector.detect(frame, { minConfidence: pack.thresholds.track })
    const hints = hintsOf(fields, uploaded).map((hint) =>
      withDetector ? withBoxOf(hint, seen.objects) : hint,
    )
    const [segment] = await segmenter.segment(seen.image, hints)
    return overlapOf(decodeMask(must(segment, 'a segment for each hint').mask), truth)
  }
  const points = drawn.points.map((point): [number, number] => [...point])
  return {
    id: drawn.id,
    half: drawn.half,
    label: drawn.label,
    overlaps: {
      box: await cutOut({ boxes: [corners] }, { withDetector: true }),
      points: await cutOut({ points }, { withDetector: true }),
      pointsAlone: await cutOut({ points }, { withDetector: false }),
      naive: overlapOf(fillPolygons([[x, y, x + w, y, x + w, y + h, x, y + h]], drawn), truth),
    },
  }
}

function measureHalf(masks: readonly MaskOverlaps[], half: Half): MaskHalf {
  const ofHalf = masks.filter((one) => one.half === half)
  const each = (reckon: (values: number[]) => number): Record<MaskHint, number> => {
    const of = (hint: MaskHint): number => round(reckon(ofHalf.map(({ overlaps }) => overlaps[hint])))
    return { box: of('box'), points: of('points'), pointsAlone: of('pointsAlone'), naive: of('naive') }
  }
  return { masks: ofHalf.length, median: each(median), mean: each(mean) }
}

/** Intersection over union; 0 when both are empty. */
function overlapOf(found: Uint8Array, truth: Uint8Array): number {
  let [both, either] = [0, 0]
  for (let at = 0; at < truth.length; at++) {
    const [a, b] = [found[at] as number, truth[at] as number]
    both += a & b
    either += a | b
  }
  return either === 0 ? 0 : both / either
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
