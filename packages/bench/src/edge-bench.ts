// How much the stages around the detector cost: frames a second of the whole pipeline over those of decoding and
// detecting alone, on the same frames with the same threads, in turns within one run so that a busy machine hits both.
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import { inOrder } from '@sam3-fleet/edge-agent/detect/in-order'
import { openPack, type OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { createEdgeWorld } from './edge-world.ts'
import { measureRun, round, type RunCost } from './measure-run.ts'

/** Part of the speed of decoding and detecting that the whole pipeline must keep. */
export const RATIO_MIN = 0.85
/** As in the pipeline: frames that wait between capture and detection. */
const CAPTURE_QUEUE_FRAMES = 3

export interface EdgeBenchOptions {
  packDir: string
  clip: string
  detectFps: number
  detectorWorkers: number
  /** Times that both are measured. */
  rounds: number
  onRound?: (name: string, cost: RunCost) => void
}

export interface EdgeBenchResult {
  machine: { cpu: string; cores: number; node: string; platform: string }
  clip: string
  detectFps: number
  detectorWorkers: number
  /** Median round of each. */
  detectOnly: RunCost
  pipeline: RunCost
  rounds: { detectOnly: RunCost; pipeline: RunCost }[]
  /** Median of the rounds' ratios of frames a second. */
  ratio: number
  /** Median ratio of the CPU of decoding and detecting to that of the whole pipeline, frame by frame. */
  cpuRatio: number
  found: { detections: number; sightings: number }
}

export async function runEdgeBench(options: EdgeBenchOptions): Promise<EdgeBenchResult> {
  await using pack = await openPack(options.packDir, { detectorWorkers: options.detectorWorkers })
  const found = { detections: 0, sightings: 0 }
  const rounds: EdgeBenchResult['rounds'] = []
  for (let round = 0; round < options.rounds; round++) {
    const detectOnly = await measureRun(() => detectAll(pack, options))
    options.onRound?.('decode + detect', detectOnly)
    const pipeline = await measureRun(() => runPipeline(pack, options, found, detectOnly.frames))
    options.onRound?.('whole pipeline', pipeline)
    rounds.push({ detectOnly, pipeline })
  }
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    clip: basename(options.clip),
    detectFps: options.detectFps,
    detectorWorkers: options.detectorWorkers,
    detectOnly: medianCost(rounds.map((one) => one.detectOnly)),
    pipeline: medianCost(rounds.map((one) => one.pipeline)),
    rounds,
    ratio: round(median(rounds.map((one) => one.pipeline.framesPerS / one.detectOnly.framesPerS))),
    cpuRatio: round(median(rounds.map((one) => one.detectOnly.cpuMsPerFrame / one.pipeline.cpuMsPerFrame))),
    found,
  }
}

/** Decodes and detects with as many frames in flight as the pipeline has, and drops what is found. */
async function detectAll(pack: OpenPack, { clip, detectFps }: EdgeBenchOptions): Promise<number> {
  await using source = await openAvFrameSource({
    uri: clip,
    kind: 'file',
    detectFps,
    input: pack.detector.inputSize,
    queueMax: CAPTURE_QUEUE_FRAMES,
    signal: new AbortController().signal,
  })
  let frames = 0
  const results = inOrder(
    source.frames(0),
    ({ frame }) => pack.detector.detect(frame),
    pack.detector.parallelism + 1,
  )
  for await (const { objects } of results) if (objects) frames += 1
  return frames
}

async function runPipeline(
  pack: OpenPack,
  { clip, detectFps }: EdgeBenchOptions,
  found: EdgeBenchResult['found'],
  expectedFrames: number,
): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'sam3-fleet-bench-'))
  try {
    using world = createEdgeWorld(pack, dir)
    let frames = 0
    const progress = await world.pipeline.run(
      {
        video: world.openRecording(clip),
        sourceName: 'bench',
        uri: clip,
        kind: 'file',
        detectFps,
        prompts: null,
        motionGate: false,
        keep: 'all',
        confidenceThreshold: null,
      },
      { signal: new AbortController().signal, onProgress: () => (frames += 1) },
    )
    if (frames !== expectedFrames) throw new Error(`the pipeline saw ${frames} frames, not ${expectedFrames}`)
    found.detections = progress.detections
    found.sightings = progress.sightings
    return frames
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function medianCost(costs: readonly RunCost[]): RunCost {
  const of = (key: keyof RunCost): number => median(costs.map((cost) => cost[key]))
  return {
    frames: of('frames'),
    wallS: of('wallS'),
    framesPerS: of('framesPerS'),
    cpuMsPerFrame: of('cpuMsPerFrame'),
    rssPeakMb: of('rssPeakMb'),
    loopDelayP99Ms: of('loopDelayP99Ms'),
    loopDelayMaxMs: of('loopDelayMaxMs'),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return round((low + high) / 2)
}
