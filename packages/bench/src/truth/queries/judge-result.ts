// One result in, whether a person would call it right out, by the rules of eval/README.md.
import { iou, type Bbox } from '@sam3-fleet/shared/domain/geometry'
import type { Query, QueryTruth, Thing } from './query-truth.ts'

/** Overlap with a reference from which a box is of that thing. */
const OVERLAP_MIN = 0.4
/** Frames around a reference in which a box may be compared with it. */
const NEAR_FRAMES = 5
/** Frames between two references up to which a moving thing's box may be interpolated. */
const INTERPOLATED_MAX = 40

/** A result with all boxes of it that the device kept, in pixels of its file. */
export interface ShownThing {
  file: string
  label: string
  boxes: readonly { frameIdx: number; box: Bbox }[]
}

/** `open`: people would not agree, so it counts neither way. */
export type Verdict = 'right' | 'wrong' | 'open'

export function judgeResult(
  shown: ShownThing,
  query: Query,
  { things }: Pick<QueryTruth, 'things'>,
): Verdict {
  const isOneOf = (names: readonly string[]): boolean =>
    names.some((name) => {
      const thing = things[name]
      return thing !== undefined && isThing(shown, thing, query.during[name])
    })
  if (isOneOf(query.right)) return 'right'
  if (isOneOf(query.wrong)) return 'wrong'
  if (isOneOf(query.maybe)) return 'open'
  const { alsoRight: also } = query
  const fits =
    also?.file === shown.file &&
    also.label.includes(shown.label) &&
    shown.boxes.some(({ frameIdx }) => frameIdx >= also.from && frameIdx <= also.to)
  if (!fits) return 'wrong'
  return also.needs === undefined ? 'right' : 'open'
}

function isThing(shown: ShownThing, thing: Thing, during: readonly [number, number] | undefined): boolean {
  if (shown.file !== thing.file) return false
  return shown.boxes.some(
    ({ frameIdx, box }) =>
      (during === undefined || (frameIdx >= during[0] && frameIdx <= during[1])) &&
      placesAt(thing, frameIdx).some((place) => iou(place, box) >= OVERLAP_MIN),
  )
}

/** Where the thing is known to be in a frame. */
function placesAt({ refs, spans, static: isStatic }: Thing, frameIdx: number): Bbox[] {
  if (isStatic)
    return spans.some(([from, to]) => frameIdx >= from && frameIdx <= to) ? refs.map(({ box }) => box) : []
  const near = refs.filter((ref) => Math.abs(ref.frameIdx - frameIdx) <= NEAR_FRAMES).map(({ box }) => box)
  const after = refs.findIndex((ref) => ref.frameIdx >= frameIdx)
  const [a, b] = [refs[after - 1], refs[after]]
  if (!a || !b || b.frameIdx - a.frameIdx >= INTERPOLATED_MAX) return near
  const part = (frameIdx - a.frameIdx) / (b.frameIdx - a.frameIdx)
  const between = a.box.map((side, at) => side + part * ((b.box[at] as number) - side))
  return [...near, between as unknown as Bbox]
}
