// Points and boxes of a request, in pixels of the uploaded picture, to hints in 0..1; what they mean together is settled
// here: each box is an object, with the points that lie in it; without boxes all points mean one object.
import type { z } from 'zod'
import type { DetectedObject } from '@sam3-fleet/models/detect/detector'
import type { HintPoint, SegmentHint } from '@sam3-fleet/models/segment/segmenter'
import type { Bbox } from '@sam3-fleet/shared/domain/geometry'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { segmentFieldsSchema } from './schema.ts'

type Fields = Pick<z.infer<typeof segmentFieldsSchema>, 'points' | 'labels' | 'boxes'>

/** @throws FleetError INVALID_INPUT when labels, points and boxes do not go together or leave the picture. */
export function hintsOf(
  { points = [], labels, boxes = [] }: Fields,
  picture: { width: number; height: number },
): SegmentHint[] {
  if (labels && labels.length !== points.length)
    throw invalid(
      `there are ${points.length} points and ${labels.length} labels`,
      'Give one label for each point.',
    )
  const given = points.map(([x, y], at): HintPoint => {
    if (x > picture.width || y > picture.height)
      throw invalid(`the point ${x}, ${y} is outside of ${picture.width} x ${picture.height}`, PIXELS_HINT)
    return { x: x / picture.width, y: y / picture.height, isInside: (labels?.[at] ?? 1) === 1 }
  })
  if (boxes.length === 0) {
    if (!given.some(({ isInside }) => isInside))
      throw invalid('no point lies on the object', 'Give a point with label 1, or a box.')
    return [{ box: null, points: given }]
  }
  return boxes.map((corners) => {
    const box = toBox(corners, picture)
    return { box, points: given.filter((point) => holds(box, point)) }
  })
}

/** A point alone says nothing about size; what the detector sees there does. */
export function withBoxOf(hint: SegmentHint, objects: readonly DetectedObject[]): SegmentHint {
  if (hint.box) return hint
  const inside = hint.points.filter(({ isInside }) => isInside)
  const outside = hint.points.filter(({ isInside }) => !isInside)
  const [smallest] = objects
    .map(({ bbox }) => bbox)
    .filter((bbox) => inside.every((point) => holds(bbox, point)))
    .filter((bbox) => !outside.some((point) => holds(bbox, point)))
    .toSorted((a, b) => a[2] * a[3] - b[2] * b[3])
  return { ...hint, box: smallest ?? null }
}

function toBox(
  [x1, y1, x2, y2]: [number, number, number, number],
  picture: { width: number; height: number },
): Bbox {
  if (x2 <= x1 || y2 <= y1)
    throw invalid('a box ends before it begins', 'Boxes are [x1, y1, x2, y2] in pixels.')
  if (x2 > picture.width || y2 > picture.height)
    throw invalid(`a box reaches out of ${picture.width} x ${picture.height}`, PIXELS_HINT)
  return [x1 / picture.width, y1 / picture.height, (x2 - x1) / picture.width, (y2 - y1) / picture.height]
}

function holds([x, y, w, h]: Bbox, point: HintPoint): boolean {
  return point.x >= x && point.x <= x + w && point.y >= y && point.y <= y + h
}

const PIXELS_HINT = 'Points and boxes are in pixels of the uploaded picture, after its rotation.'

function invalid(message: string, hint: string): FleetError {
  return new FleetError('INVALID_INPUT', message, { hint })
}
