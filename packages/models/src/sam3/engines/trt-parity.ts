// How far a SAM3 is from the reference in full precision: the same pictures and words to both, their objects matched,
// boxes, masks and scores compared. The report lies beside the plan; an engine under the gate is not used. Pure but for
// the file.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { writeWhole } from '@sam3-fleet/trt-native/plan-file'
import type { FoundObject } from '../sam3.ts'

/** Overlap from which two boxes are answers to the same thing. */
const SAME_OBJECT_IOU = 0.5
/** Objects of a picture that are compared: the surest, which are what is used. */
const OBJECTS_MAX = 32

/**
 * What an engine must reach. Rounding of half precision moves scores by some thousandths and single pixels at the rims of
 * masks; what is below this gives other objects, not other roundings.
 */
export const PARITY_GATE = {
  boxIouMean: 0.9,
  maskIouMean: 0.85,
  scoreDriftMean: 0.05,
  matchedPart: 0.9,
} as const

const part = z.number().min(0).max(1)

export const parityReportSchema = z.object({
  schema: z.literal(1),
  planSha256: z.string(),
  precision: z.string(),
  /** What it was compared with, for a person. */
  reference: z.string(),
  pictures: z.int().nonnegative(),
  /** Of the reference, above the threshold. */
  objects: z.int().nonnegative(),
  /** Objects of either side that the other has too, of all. */
  matchedPart: part,
  boxIou: z.object({ mean: part, min: part }),
  maskIou: z.object({ mean: part, min: part }),
  scoreDrift: z.object({ mean: z.number(), max: z.number() }),
})
export type ParityReport = z.infer<typeof parityReportSchema>
export type ParityMeasures = Omit<ParityReport, 'schema' | 'planSha256' | 'precision' | 'reference'>

/** The answers of both sides to one picture, for each prompt in the same order. */
export interface ComparedPicture {
  reference: readonly (readonly FoundObject[])[]
  candidate: readonly (readonly FoundObject[])[]
}

interface Pair {
  boxIou: number
  maskIou: number
  drift: number
}

export function measureParity(pictures: readonly ComparedPicture[]): ParityMeasures {
  const pairs: Pair[] = []
  let [objects, all, matched] = [0, 0, 0]
  for (const { reference, candidate } of pictures) {
    for (const [prompt, expected] of reference.entries()) {
      const wanted = expected.slice(0, OBJECTS_MAX)
      const given = (candidate[prompt] ?? []).slice(0, OBJECTS_MAX)
      const found = pairUp(wanted, given)
      pairs.push(...found)
      objects += wanted.length
      all += wanted.length + given.length
      matched += 2 * found.length
    }
  }
  return {
    pictures: pictures.length,
    objects,
    matchedPart: all === 0 ? 1 : matched / all,
    boxIou: spread(pairs.map(({ boxIou }) => boxIou)),
    maskIou: spread(pairs.map(({ maskIou }) => maskIou)),
    scoreDrift: {
      mean: pairs.length === 0 ? 0 : mean(pairs.map(({ drift }) => drift)),
      max: Math.max(0, ...pairs.map(({ drift }) => drift)),
    },
  }
}

/** What is under the gate, in words; empty when it may be used. A report without any object proves nothing. */
export function underGate(measures: ParityMeasures): string[] {
  const { objects, boxIou, maskIou, scoreDrift, matchedPart } = measures
  if (objects === 0) return ['the reference found nothing to compare']
  const wrong: string[] = []
  const say = (what: string, is: number, must: string): void =>
    void wrong.push(`${what} ${is.toFixed(3)}, must be ${must}`)
  if (!(matchedPart >= PARITY_GATE.matchedPart))
    say('part of objects that both find', matchedPart, `>= ${PARITY_GATE.matchedPart}`)
  if (!(boxIou.mean >= PARITY_GATE.boxIouMean)) say('box IoU', boxIou.mean, `>= ${PARITY_GATE.boxIouMean}`)
  if (!(maskIou.mean >= PARITY_GATE.maskIouMean))
    say('mask IoU', maskIou.mean, `>= ${PARITY_GATE.maskIouMean}`)
  if (!(scoreDrift.mean <= PARITY_GATE.scoreDriftMean))
    say('score drift', scoreDrift.mean, `<= ${PARITY_GATE.scoreDriftMean}`)
  return wrong
}

export async function writeParity(planPath: string, report: ParityReport): Promise<void> {
  const text = `${JSON.stringify(parityReportSchema.parse(report), null, 2)}\n`
  await writeWhole(parityPath(planPath), new TextEncoder().encode(text))
}

/** Null when there is none. @throws FleetError ENGINE_INVALID when it cannot be read. */
export async function readParity(planPath: string): Promise<ParityReport | null> {
  const path = parityPath(planPath)
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return parityReportSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new FleetError('ENGINE_INVALID', `${path} is not a parity report`, { cause })
  }
}

function parityPath(planPath: string): string {
  return `${planPath}.parity.json`
}

/** The best overlaps first, each object once. */
function pairUp(expected: readonly FoundObject[], given: readonly FoundObject[]): Pair[] {
  const overlaps = expected.flatMap((one, a) =>
    given.map((other, b) => ({ a, b, one, other, boxIou: iou(one.bbox, other.bbox) })),
  )
  const [usedA, usedB] = [new Set<number>(), new Set<number>()]
  const pairs: Pair[] = []
  for (const { a, b, one, other, boxIou } of overlaps.toSorted((x, y) => y.boxIou - x.boxIou)) {
    if (boxIou < SAME_OBJECT_IOU || usedA.has(a) || usedB.has(b)) continue
    usedA.add(a)
    usedB.add(b)
    const drift = Math.abs(one.confidence - other.confidence)
    pairs.push({ boxIou: Math.min(1, boxIou), maskIou: maskIou(one, other), drift })
  }
  return pairs
}

function maskIou({ mask: a }: FoundObject, { mask: b }: FoundObject): number {
  if (!a || !b) return a === b ? 1 : 0
  const [first, second] = [decodeMask(a), decodeMask(b)]
  if (first.length !== second.length) return 0
  let [both, either] = [0, 0]
  for (let at = 0; at < first.length; at++) {
    both += (first[at] as number) & (second[at] as number)
    either += (first[at] as number) | (second[at] as number)
  }
  return either === 0 ? 1 : both / either
}

function spread(values: readonly number[]): { mean: number; min: number } {
  return values.length === 0
    ? { mean: 0, min: 0 }
    : { mean: Math.min(1, mean(values)), min: Math.min(...values) }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
