// The label file of a clip whose people keep their identity (eval/vtest/labels.json): its schema, and who stands where in
// any frame of the window with identities, read from the keyframes or interpolated between two of them.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { COLOURS } from './colour-names.ts'

const half = z.enum(['tune', 'test'])
const frameIdx = z.number().int().nonnegative()

/** x, y, w, h in whole pixels of the clip's frames. */
export type Box = z.infer<typeof boxSchema>
const boxSchema = z.tuple([
  z.number().int().nonnegative(),
  z.number().int().nonnegative(),
  z.number().int().positive(),
  z.number().int().positive(),
])

const personSchema = z.strictObject({
  personId: z.string().regex(/^p\d\d$/),
  /** The name of the same person in colours.json, whose half it shares. */
  subject: z.string(),
  half,
  upper: z.array(z.enum(COLOURS)).min(1),
  lower: z.array(z.enum(COLOURS)).min(1),
  /** First and last frame of each stay in the picture, inside the window. */
  visible: z.array(z.tuple([frameIdx, frameIdx])).min(1),
  seen: z.string(),
})

const labelSchema = z.strictObject({
  box: boxSchema,
  label: z.literal('person'),
  personId: z.string().optional(),
  occluded: z.number().min(0).max(1),
  ignore: z.boolean(),
})
export type PersonLabel = z.infer<typeof labelSchema>

const identityTruthSchema = z.strictObject({
  clip: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  fps: z.number().positive(),
  identityWindow: z.strictObject({
    firstFrameIdx: frameIdx,
    lastFrameIdx: frameIdx,
    keyframeStep: z.number().int().positive(),
  }),
  people: z.array(personSchema).min(1),
  frames: z.array(z.strictObject({ frameIdx, half, boxes: z.array(labelSchema) })).min(1),
})
export type IdentityTruth = z.infer<typeof identityTruthSchema>

/** Where a person is in one frame; without a box the person is in the picture but nobody has said where. */
export interface PersonPlace {
  personId: string
  box: Box | undefined
}

export function readIdentityTruth(path: string | URL): IdentityTruth {
  return identityTruthSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

export function inWindow({ identityWindow }: IdentityTruth, at: number): boolean {
  return at >= identityWindow.firstFrameIdx && at <= identityWindow.lastFrameIdx
}

/**
 * Everybody in the picture in frame `at` of the window. Between two keyframes that both show a person clearly the box is
 * interpolated linearly; where one of the two does not, the place is undefined and the person must not be counted.
 * @throws when the frame lies outside the window.
 */
export function peopleAt(truth: IdentityTruth, at: number): PersonPlace[] {
  if (!inWindow(truth, at)) throw new RangeError(`frame ${at} is outside the window with identities`)
  const { firstFrameIdx, keyframeStep } = truth.identityWindow
  const before = at - ((at - firstFrameIdx) % keyframeStep)
  const share = (at - before) / keyframeStep
  return truth.people
    .filter(({ visible }) => visible.some(([first, last]) => at >= first && at <= last))
    .map(({ personId }) => {
      const from = clearBox(truth, before, personId)
      const to = share === 0 ? from : clearBox(truth, before + keyframeStep, personId)
      return { personId, box: from && to && mix(from, to, share) }
    })
}

function clearBox({ frames }: IdentityTruth, at: number, personId: string): Box | undefined {
  const boxes = frames.find((frame) => frame.frameIdx === at)?.boxes ?? []
  return boxes.find((one) => one.personId === personId && !one.ignore)?.box
}

function mix(from: Box, to: Box, share: number): Box {
  const [x, y, w, h] = from
  return [
    Math.round(x + (to[0] - x) * share),
    Math.round(y + (to[1] - y) * share),
    Math.round(w + (to[2] - w) * share),
    Math.round(h + (to[3] - h) * share),
  ]
}
