// What key frames save and cost: every frame looked at beside key frames and what is moved along between them, on real
// video, by the same detector. The saving is a model with stated numbers; agreement and the share of key frames are
// measured.
import { availableParallelism, cpus } from 'node:os'
import { basename } from 'node:path'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import { CARRY_LIMITS, type CarryLimits } from '@sam3-fleet/edge-agent/gate/carry-objects'
import { createKeyFrames, type TimedDetector } from '@sam3-fleet/edge-agent/gate/key-frames'
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import type { DetectorFrame } from '@sam3-fleet/models/image/rgb-image'
import { iou } from '@sam3-fleet/shared/domain/geometry'
import { decodeMask } from '@sam3-fleet/shared/domain/rle-mask'

/** Milliseconds of a key frame in the model: what the seed states for a Jetson AGX Orin, from end to end. */
export const MODEL_KEY_FRAME_MS = 50
const QUEUE_FRAMES = 3
/** Overlap from which a box is where the detector would have put it. */
const SAME_IOU = 0.5

export interface BenchedDetector {
  name: string
  detector: Detector
  minConfidence: number
  prompts?: readonly string[]
  framesMax?: number
  /** When a frame is looked at before its time; as in the product when absent. */
  limits?: CarryLimits
}

export interface KeyFramesBenchOptions {
  /** Opened and closed by the caller. */
  detectors: readonly BenchedDetector[]
  clips: readonly string[]
  detectFps: number
  gapsMs: readonly number[]
  /** Frames of each clip at most. */
  framesMax: number
  onClip?: (name: string) => void
}

export interface KeyFramesRow {
  detector: string
  clip: string
  gapMs: number
  frames: number
  /** Part of the frames that were looked at. */
  keyPart: number
  /** Boxes of every-frame looks that are there at IoU 0.5, and boxes that are there that such looks have too. */
  recall: number
  precision: number
  /** Of the pairs. */
  boxIou: number
  /** Of the pairs that have masks; null where the detector gives none. */
  maskIou: number | null
  /** Median milliseconds of CPU that a frame between key frames takes here. */
  carryMs: number
  /** `keyPart * 50 + carryMs` against 50: a model. */
  modelSaving: number
}

export interface KeyFramesBenchResult {
  machine: { cpu: string; cores: number; node: string }
  modelKeyFrameMs: number
  detectFps: number
  rows: KeyFramesRow[]
}

interface Looked {
  frame: DetectorFrame
  ptsMs: number
  objects: DetectedObject[]
}

export async function runKeyFramesBench(options: KeyFramesBenchOptions): Promise<KeyFramesBenchResult> {
  const rows: KeyFramesRow[] = []
  for (const benched of options.detectors) {
    for (const clip of options.clips) {
      options.onClip?.(`${benched.name} on ${basename(clip)}`)
      const looked = await lookAtAll(benched, clip, options)
      for (const gapMs of options.gapsMs)
        rows.push({
          detector: benched.name,
          clip: basename(clip),
          ...(await measure(looked, gapMs, benched.limits)),
        })
    }
  }
  return {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version },
    modelKeyFrameMs: MODEL_KEY_FRAME_MS,
    detectFps: options.detectFps,
    rows,
  }
}

async function lookAtAll(
  { detector, minConfidence, prompts, framesMax }: BenchedDetector,
  uri: string,
  options: Pick<KeyFramesBenchOptions, 'detectFps' | 'framesMax'>,
): Promise<Looked[]> {
  await using source = await openAvFrameSource({
    uri,
    kind: 'file',
    detectFps: options.detectFps,
    input: detector.inputSize,
    queueMax: QUEUE_FRAMES,
    signal: new AbortController().signal,
  })
  const looked: Looked[] = []
  for await (const { frame, ptsMs } of source.frames(0)) {
    const { input, letterbox, image } = frame
    const kept = { ...input, data: input.data.slice() }
    const result = await detector.detect(frame, { minConfidence, prompts })
    // The pixels are not needed any more, their size is.
    const size = { data: new Uint8Array(0), width: image.width, height: image.height }
    looked.push({ frame: { image: size, input: kept, letterbox }, ptsMs, objects: result.objects })
    if (looked.length >= (framesMax ?? options.framesMax)) break
  }
  return looked
}

async function measure(
  looked: readonly Looked[],
  gapMs: number,
  limits: CarryLimits = CARRY_LIMITS,
): Promise<Omit<KeyFramesRow, 'detector' | 'clip'>> {
  let keys = 0
  let current: Looked | undefined
  const remembered: TimedDetector = {
    inputSize: { width: 0, height: 0, multipleOf: 1, padValue: 0 },
    async detect(frame) {
      keys += 1
      return { objects: current?.objects ?? [], image: frame.image, inferenceMs: 0 }
    },
  }
  const keyFrames = createKeyFrames(remembered, { maxGapMs: gapMs, limits })
  const carriedMs: number[] = []
  const ious: number[] = []
  const maskIous: number[] = []
  let [expected, given] = [0, 0]
  for (const one of looked) {
    current = one
    const keysBefore = keys
    const before = process.cpuUsage()
    const { objects } = await keyFrames.detect(one.frame, {}, one.ptsMs)
    const { user, system } = process.cpuUsage(before)
    if (keys === keysBefore) carriedMs.push((user + system) / 1_000)
    expected += one.objects.length
    given += objects.length
    for (const { boxIou, maskIou } of pairs(one.objects, objects)) {
      ious.push(boxIou)
      if (maskIou !== null) maskIous.push(maskIou)
    }
  }
  const keyPart = keys / looked.length
  const carryMs = median(carriedMs)
  return {
    gapMs,
    frames: looked.length,
    keyPart: round(keyPart),
    recall: round(expected === 0 ? 1 : ious.length / expected),
    precision: round(given === 0 ? 1 : ious.length / given),
    boxIou: round(mean(ious)),
    maskIou: maskIous.length === 0 ? null : round(mean(maskIous)),
    carryMs: round(carryMs),
    modelSaving: round(1 - (keyPart * MODEL_KEY_FRAME_MS + carryMs) / MODEL_KEY_FRAME_MS),
  }
}

/** The best overlaps first, each box once, only of one label. */
function pairs(
  expected: readonly DetectedObject[],
  given: readonly DetectedObject[],
): { boxIou: number; maskIou: number | null }[] {
  const overlaps = expected
    .flatMap((one, a) => given.map((other, b) => ({ a, b, one, other, boxIou: iou(one.bbox, other.bbox) })))
    .filter(({ one, other, boxIou }) => boxIou >= SAME_IOU && one.label === other.label)
    .toSorted((x, y) => y.boxIou - x.boxIou)
  const [usedA, usedB] = [new Set<number>(), new Set<number>()]
  return overlaps.flatMap(({ a, b, one, other, boxIou }) => {
    if (usedA.has(a) || usedB.has(b)) return []
    usedA.add(a)
    usedB.add(b)
    return [{ boxIou, maskIou: maskIouOf(one, other) }]
  })
}

function maskIouOf({ mask: a }: DetectedObject, { mask: b }: DetectedObject): number | null {
  if (!a || !b) return null
  const [first, second] = [decodeMask(a), decodeMask(b)]
  let [both, either] = [0, 0]
  for (let at = 0; at < first.length; at++) {
    both += (first[at] as number) & (second[at] as number)
    either += (first[at] as number) | (second[at] as number)
  }
  return either === 0 ? 1 : both / either
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
