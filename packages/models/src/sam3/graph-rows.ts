// What a person means, in 0..1 of the picture, to the slots of a graph's input. Pure.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Sam3Part } from '../pack/pack-manifest.ts'
import type { SegmentHint } from '../segment/segmenter.ts'
import { EMPTY_SLOT, type HintRow, type PromptRow } from './graphs.ts'
import type { PromptExample } from './sam3.ts'

/** Labels of points: off and on the object, first and second corner of a box. */
const [OUTSIDE, INSIDE, FIRST_CORNER, SECOND_CORNER] = [0n, 1n, 2n, 3n]

/** @throws FleetError INVALID_INPUT for more examples than the graph has slots. */
export function promptRow(
  { examples, ...words }: Pick<PromptRow, 'features' | 'tokens'> & { examples: readonly PromptExample[] },
  { limits: { boxSlots } }: Pick<Sam3Part, 'limits'>,
): PromptRow {
  if (examples.length > boxSlots)
    throw invalid(`a prompt takes ${boxSlots} boxes, there are ${examples.length}`)
  const boxes = new Float32Array(boxSlots * 4)
  const boxLabels = new BigInt64Array(boxSlots).fill(EMPTY_SLOT)
  for (const [slot, { box, isPositive }] of examples.entries()) {
    const [x, y, w, h] = box
    boxes.set([x + w / 2, y + h / 2, w, h], slot * 4)
    boxLabels[slot] = isPositive ? 1n : 0n
  }
  return { ...words, boxes, boxLabels }
}

/** @throws FleetError INVALID_INPUT for more points than the graph has slots, or none at all. */
export function hintRow(
  { box, points }: SegmentHint,
  { limits: { pointSlots }, input }: Pick<Sam3Part, 'limits' | 'input'>,
): HintRow {
  const given = points.map(({ x, y, isInside }) => ({ x, y, label: isInside ? INSIDE : OUTSIDE }))
  const corners = box
    ? [
        { x: box[0], y: box[1], label: FIRST_CORNER },
        { x: box[0] + box[2], y: box[1] + box[3], label: SECOND_CORNER },
      ]
    : []
  const all = [...given, ...corners]
  if (all.length === 0) throw invalid('a hint has neither a box nor points')
  if (all.length > pointSlots)
    throw invalid(`a hint takes ${pointSlots - 2} points beside a box, there are ${points.length}`)
  const pointsIn = new Float32Array(pointSlots * 2)
  const pointLabels = new BigInt64Array(pointSlots).fill(EMPTY_SLOT)
  for (const [slot, { x, y, label }] of all.entries()) {
    pointsIn.set([x * input.width, y * input.height], slot * 2)
    pointLabels[slot] = label
  }
  return { points: pointsIn, pointLabels }
}

function invalid(message: string): FleetError {
  return new FleetError('INVALID_INPUT', message)
}
