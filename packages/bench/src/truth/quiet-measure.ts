// A quiet fixed camera with and without the motion gate: what a look costs, what of it is decoding alone, and whether
// people are lost. Plain figures, each half of the labels by itself.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { round } from '../measure-run.ts'
import { recallAtPrecision, type DetectionMeasure } from './detection-measure.ts'
import { writeQuietClip, type PixelBox } from './quiet-clip.ts'
import { judgeQuietFrames } from './quiet-frames.ts'
import { runClip, type ClipRun } from './run-clip.ts'
import { clipTruthSchema, type Half } from './truth-files.ts'

/** Part of the cost without a gate that is left with it, at most. */
export const GATE_RATIO_MAX = 0.4
/** Points of recall that a gate may cost. */
export const GATE_LOSS_MAX_POINTS = 1
const PRECISION_MIN = 0.95
/** Frames a second of vtest.avi, and how many of them a live source looks at. */
const CLIP_FPS = 10
const LOOKS_FPS = 5
/** So slow that nothing but the first frame is looked at: what is left is decoding. */
const NO_LOOKS_FPS = 0.001
const CAPTURE_QUEUE_FRAMES = 3
const US_PER_MS = 1_000

export interface QuietCameraOptions {
  pack: OpenPack
  evalDir: string
  mediaDir: string
  /** Times that everything is measured, in turns; the median counts. */
  rounds?: number
  onStep?: (step: string) => void
}

export interface QuietHalf {
  /** People that can be found in the labelled frames of this half. */
  asked: number
  frames: number
  off: DetectionMeasure
  on: DetectionMeasure
  /** Points of recall (0..100) lost by the gate; negative when it found more. */
  lostPoints: number
}

export interface QuietCameraResult {
  clip: string
  crop: PixelBox
  looks: number
  /** Part of the looks in which the run without a gate saw anybody. */
  busyPart: number
  /** CPU milliseconds of all threads for each look. */
  cpuMsPerLook: {
    /** Decoding all frames of the clip, looking at none. */
    decode: number
    /** Decoding and fitting, without a detector: what no gate can save. */
    capture: number
    gateOff: number
    gateOn: number
  }
  /** gateOn / gateOff. */
  ratio: number
  /** The same without decoding, which a camera's codec decides. */
  ratioAfterDecode: number
  halves: Record<Half, QuietHalf>
}

const quietTruthSchema = clipTruthSchema.extend({
  crop: z.tuple([z.number(), z.number(), z.number(), z.number()]),
})
type QuietTruth = z.infer<typeof quietTruthSchema>

export async function measureQuietCamera(options: QuietCameraOptions): Promise<QuietCameraResult> {
  const truth = quietTruthSchema.parse(
    JSON.parse(await readFile(join(options.evalDir, 'clips/quiet.json'), 'utf8')),
  )
  const dir = await mkdtemp(join(tmpdir(), 'fleet-quiet-'))
  try {
    const clip = join(dir, 'quiet.mkv')
    await writeQuietClip({
      recording: join(options.mediaDir, truth.clip),
      crop: truth.crop,
      clip,
      fps: CLIP_FPS,
    })
    const rounds: QuietRound[] = []
    for (let n = 0; n < (options.rounds ?? 3); n++) rounds.push(await measureRound(options, clip))
    const costs = (of: (one: QuietRound) => number): number => round(median(rounds.map(of)))
    const { off, on } = must(rounds[0], 'a round')
    const people = off.detections.filter(({ label }) => label === 'person')
    const cpuMsPerLook = {
      decode: costs((one) => one.decode),
      capture: costs((one) => one.capture),
      gateOff: costs((one) => one.off.cpuMsPerFrame),
      gateOn: costs((one) => one.on.cpuMsPerFrame),
    }
    const { decode, gateOff, gateOn } = cpuMsPerLook
    return {
      clip: truth.clip,
      crop: truth.crop,
      looks: off.frames,
      busyPart: round(new Set(people.map(({ frameIdx }) => frameIdx)).size / off.frames),
      cpuMsPerLook,
      ratio: round(gateOn / gateOff),
      ratioAfterDecode: round((gateOn - decode) / (gateOff - decode)),
      halves: { tune: measureHalf(truth, 'tune', off, on), test: measureHalf(truth, 'test', off, on) },
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function measureHalf(truth: QuietTruth, half: Half, off: ClipRun, on: ClipRun): QuietHalf {
  const frames = truth.frames.filter((frame) => frame.half === half)
  const measureRun = ({ detections }: ClipRun): DetectionMeasure =>
    recallAtPrecision(judgeQuietFrames(frames, truth, detections), PRECISION_MIN)
  const [without, gated] = [measureRun(off), measureRun(on)]
  return {
    asked: without.asked,
    frames: frames.length,
    off: without,
    on: gated,
    lostPoints: round((without.recall - gated.recall) * 100),
  }
}

interface QuietRound {
  decode: number
  capture: number
  off: ClipRun
  on: ClipRun
}

async function measureRound(
  { pack, onStep = () => undefined }: QuietCameraOptions,
  clip: string,
): Promise<QuietRound> {
  onStep('gate off')
  const off = await runClip(pack, clip, { detectFps: LOOKS_FPS })
  onStep('gate on')
  const on = await runClip(pack, clip, { detectFps: LOOKS_FPS, motionGate: true })
  onStep('capture alone')
  const capture = await cpuOfCapture(pack, clip, LOOKS_FPS)
  onStep('decoding alone')
  const decode = await cpuOfCapture(pack, clip, NO_LOOKS_FPS)
  return { off, on, capture: capture / off.frames, decode: decode / off.frames }
}

/** CPU milliseconds of reading the whole clip. */
async function cpuOfCapture(pack: OpenPack, clip: string, detectFps: number): Promise<number> {
  const before = process.cpuUsage()
  await using source = await openAvFrameSource({
    uri: clip,
    kind: 'file',
    detectFps,
    input: pack.detector.inputSize,
    queueMax: CAPTURE_QUEUE_FRAMES,
    signal: new AbortController().signal,
  })
  const frames = source.frames(0)[Symbol.asyncIterator]()
  while (!(await frames.next()).done);
  const { user, system } = process.cpuUsage(before)
  return (user + system) / US_PER_MS
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}
