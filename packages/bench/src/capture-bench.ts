// How much it costs to read video: FFmpeg's libraries against GStreamer on the same file, in turns within one run, so that
// a busy machine hits both. No detector: decoding, choosing, scaling and handing over.
import { availableParallelism, cpus } from 'node:os'
import { basename } from 'node:path'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import type { OpenFrameSource } from '@sam3-fleet/edge-agent/capture/frame-source'
import { createGstFrameSources } from '@sam3-fleet/edge-agent/capture/gst-frame-source'
import { gstPaths } from '@sam3-fleet/edge-agent/capture/gst-graph'
import { openGstreamer } from '@sam3-fleet/edge-agent/capture/open-gstreamer'
import { measureRun, round, type RunCost } from './measure-run.ts'

/** As of the default pack's detector. */
const INPUT = { width: 416, height: 416, multipleOf: 32, padValue: 114 }
/** As in the pipeline. */
const QUEUE_FRAMES = 3
/** More than any clip has: every frame is handed over. */
const EVERY_FRAME_FPS = 1_000

export interface CaptureBenchOptions {
  clips: readonly string[]
  /** Recordings read at once. */
  sources: readonly number[]
  rounds: number
  onRound?: (name: string, cost: RunCost) => void
}

interface Compared {
  ffmpeg: RunCost
  gstreamer: RunCost
  /** Of GStreamer to FFmpeg, median of the rounds: above 1 it is faster, or takes more. */
  framesPerSRatio: number
  cpuRatio: number
}

export interface CaptureBenchResult {
  machine: { cpu: string; cores: number; node: string; gstreamer: string }
  results: ({ clip: string; sources: number; decodedBy: { ffmpeg: string; gstreamer: string } } & Compared)[]
}

export async function runCaptureBench(options: CaptureBenchOptions): Promise<CaptureBenchResult> {
  const { addon, installed, version } = openGstreamer()
  const openGst = createGstFrameSources({
    addon,
    installed,
    paths: gstPaths(installed),
    openStill: openAvFrameSource,
    onPathFailed: (path, detail) => console.error(`${path}: ${detail}`),
  })
  const results: CaptureBenchResult['results'] = []
  for (const clip of options.clips) {
    for (const sources of options.sources) {
      const decodedBy = { ffmpeg: '', gstreamer: '' }
      const rounds: { ffmpeg: RunCost; gstreamer: RunCost }[] = []
      const measure = (name: 'ffmpeg' | 'gstreamer', open: OpenFrameSource): Promise<RunCost> =>
        measureRun(async () => {
          const read = await Promise.all(Array.from({ length: sources }, () => readAll(open, clip)))
          decodedBy[name] = read[0]?.decodedBy ?? ''
          return read.reduce((sum, { frames }) => sum + frames, 0)
        })
      for (let n = 0; n < options.rounds; n++) {
        const ffmpeg = await measure('ffmpeg', openAvFrameSource)
        options.onRound?.(`${basename(clip)} x ${sources}, FFmpeg`, ffmpeg)
        const gstreamer = await measure('gstreamer', openGst)
        options.onRound?.(`${basename(clip)} x ${sources}, GStreamer`, gstreamer)
        if (ffmpeg.frames !== gstreamer.frames)
          throw new Error(`FFmpeg gave ${ffmpeg.frames} frames, GStreamer ${gstreamer.frames}`)
        rounds.push({ ffmpeg, gstreamer })
      }
      results.push({ clip: basename(clip), sources, decodedBy, ...compare(rounds) })
    }
  }
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      node: process.version,
      gstreamer: version,
    },
    results,
  }
}

async function readAll(open: OpenFrameSource, uri: string): Promise<{ frames: number; decodedBy: string }> {
  await using source = await open({
    uri,
    kind: 'file',
    detectFps: EVERY_FRAME_FPS,
    input: INPUT,
    queueMax: QUEUE_FRAMES,
    signal: new AbortController().signal,
  })
  let frames = 0
  for await (const { frame } of source.frames(0)) {
    frames += 1
    // As the pipeline does: garbage of megabytes a frame is collected late.
    for (const { buffer } of [frame.image.data, frame.input.data])
      if (buffer instanceof ArrayBuffer) buffer.transfer(0)
  }
  return { frames, decodedBy: source.decodedBy ?? '' }
}

function compare(rounds: readonly { ffmpeg: RunCost; gstreamer: RunCost }[]): Compared {
  const middle = <T>(items: readonly T[], by: (item: T) => number): T =>
    items.toSorted((a, b) => by(a) - by(b))[items.length >> 1] as T
  const ratio = (of: (cost: RunCost) => number): number =>
    round(
      middle(
        rounds.map(({ ffmpeg, gstreamer }) => of(gstreamer) / of(ffmpeg)),
        (one) => one,
      ),
    )
  return {
    ffmpeg: middle(
      rounds.map((one) => one.ffmpeg),
      (cost) => cost.framesPerS,
    ),
    gstreamer: middle(
      rounds.map((one) => one.gstreamer),
      (cost) => cost.framesPerS,
    ),
    framesPerSRatio: ratio((cost) => cost.framesPerS),
    cpuRatio: ratio((cost) => cost.cpuMsPerFrame),
  }
}
