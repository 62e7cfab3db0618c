// The stages of one recording behind capture: one frame after the other in, what it brought into commits out, together
// with what the stages know then. Made from a checkpoint they go on as if nothing had been in between.
import type { DetectedObject, Detector } from '@sam3-fleet/models/detect/detector'
import { lookTwice } from '@sam3-fleet/models/detect/look-twice'
import type { RgbImage } from '@sam3-fleet/models/image/rgb-image'
import type { Resembler } from '@sam3-fleet/models/resemble/resembler'
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { CapturedFrame } from '../capture/frame-source.ts'
import type { Deduplicator } from '../dedup/deduplicator.ts'
import { suppressTwins } from '../detect/suppress-twins.ts'
import { createGatedDetector, type GatedResult } from '../gate/gated-detector.ts'
import type { GatedDetectorState } from '../gate/gate-state.ts'
import { createKeyFrames, type KeyFramesState } from '../gate/key-frames.ts'
import { createMotionGate } from '../gate/motion-gate.ts'
import type { PipelineStore, ResumePoint } from '../store/pipeline-store.ts'
import { createStillTracker } from '../track/still-tracker.ts'
import type { Tracker } from '../track/tracker.ts'
import type { TrackerState } from '../track/tracker-state.ts'
import { createCheckpointer, readCheckpoint } from './checkpoint.ts'
import { createGroupCommit } from './group-commit.ts'
import type { PipelineProgress, PipelineRequest } from './pipeline.ts'
import { SightingBoard, type BoardStep, type SightingBoardOptions } from './sighting-board.ts'

export interface StagesDeps {
  detector: Detector
  textEncoder: TextEncoder
  /** Null: what sightings resemble is not looked for. */
  resembler?: Resembler | null
  thresholds: { track: number; low: number }
  store: PipelineStore
  deduplicator: Deduplicator
  createTracker: (options: {
    trackThreshold: number
    lastTrackId: number
    state?: TrackerState | undefined
  }) => Tracker
  newId: () => string
  clock: Clock
}

export interface StagesOptions {
  point: ResumePoint
  originMs: number
  timeOrigin: SightingBoardOptions['fixed']['timeOrigin']
  durationMs: number | null
  /** A picture: what is seen in its one frame is seen. */
  isStill: boolean
}

/** A frame that was looked at, and what the gate knew then. */
export interface Looked {
  captured: Omit<CapturedFrame, 'frame'>
  result: GatedResult
  gate: GatedDetectorState | null
  /** What was found in the last key frame. */
  keys: KeyFramesState | null
}

/**
 * How a run ends: at the end of the recording, for good before it, or to go on later. What is open stays open only in
 * the last case.
 */
export type StagesEnd = 'finished' | 'given-up' | 'paused'

export interface Stages {
  /** Frames that may be looked at at once. */
  readonly inFlightMax: number
  readonly progress: Readonly<PipelineProgress>
  look(frame: CapturedFrame, signal: AbortSignal): Promise<Looked>
  /** Takes in one frame, in order of time. */
  take(looked: Looked): Promise<{ image: RgbImage; tsMs: number }>
  end(how: StagesEnd): Promise<void>
}

export function createStages(deps: StagesDeps, request: PipelineRequest, options: StagesOptions): Stages {
  const { video, kind, dedupRadius = 1 } = request
  const { point } = options
  const trackThreshold = request.confidenceThreshold ?? deps.thresholds.track
  const minConfidence = Math.min(deps.thresholds.low, trackThreshold)
  const words = deps.detector.takesPrompts ? request.prompts?.map(({ text }) => text) : undefined
  const settings = settingsOf(deps, request, trackThreshold)
  // A stream that was lost is another recording when it is back.
  const before = kind === 'file' ? readCheckpoint(point.checkpoint, { settings, ...point }) : null
  if (before === null) deps.store.closeOpen({ videoId: video.id })
  const checkpointer =
    kind === 'file' ? createCheckpointer(settings, before ? point.checkpoint : new Map()) : null

  const tracking = { trackThreshold, lastTrackId: point.lastTrackId }
  const tracker = options.isStill
    ? createStillTracker(tracking)
    : deps.createTracker({ ...tracking, state: before?.tracker })
  const board = new SightingBoard(
    {
      fixed: {
        sourceId: video.sourceId,
        sourceName: request.sourceName,
        videoId: video.id,
        timeOrigin: options.timeOrigin,
        spaceId: deps.textEncoder.space.spaceId,
      },
      prompts: request.prompts,
      keep: request.keep,
      isStill: options.isStill,
      deduplicator: deps.deduplicator.withRadius(dedupRadius),
      textEncoder: deps.textEncoder,
      resembler: deps.resembler ?? null,
      newId: deps.newId,
      reserveDetectionIds: (count) => deps.store.reserveDetectionIds(count),
    },
    before?.slots,
  )
  const group = createGroupCommit(deps.store, { videoId: video.id, sourceId: video.sourceId }, deps.clock)
  const keyFrameMs = request.keyFrameMs ?? deps.detector.keyFrameMs
  const keyed =
    keyFrameMs > 0
      ? createKeyFrames(deps.detector, { maxGapMs: keyFrameMs }, before?.keys ?? undefined)
      : null
  const gated = request.motionGate
    ? createGatedDetector(keyed ?? deps.detector, createMotionGate(before?.gate?.gate), before?.gate?.known)
    : null
  const progress: PipelineProgress = {
    framesDone: point.framesDone,
    progress: options.durationMs === null ? null : 0,
    detections: 0,
    sightings: 0,
  }
  let gate = before?.gate ?? null
  let keys = before?.keys ?? null
  /** Not while a frame is only half in: such a state is never kept. */
  let isBetweenFrames = true

  /** Gathers what one frame brought; the slow parts (embedding, encoding) run in other threads. */
  async function keep(step: BoardStep): Promise<void> {
    const sightings = []
    for (const due of step.due) sightings.push(await board.makeVersion(due))
    group.add({
      detections: step.detections,
      tracks: step.tracks,
      sightings,
      framesDone: progress.framesDone,
    })
    progress.detections += step.detections.length
    progress.sightings = board.sightings
  }

  async function flush(): Promise<void> {
    const { framesDone } = progress
    const slots = checkpointer ? await board.kept() : []
    const checkpoint =
      checkpointer?.change({ framesDone, tracker: tracker.state(), gate, keys, slots }) ?? null
    group.flush({ finished: false, checkpoint })
  }

  return {
    progress,
    // What a gate lets through, and what a key frame serves for, depend on the look before.
    inFlightMax: gated || keyed ? 1 : deps.detector.parallelism + 1,

    async look({ frame, ...captured }, signal) {
      const how = { minConfidence, prompts: words, signal }
      const { ptsMs } = captured
      const none = { gate: null, keys: null }
      if (options.isStill)
        return { captured, result: { ...(await lookTwice(deps.detector, frame, how)), held: [] }, ...none }
      if (!gated && !keyed)
        return { captured, result: { ...(await deps.detector.detect(frame, how)), held: [] }, ...none }
      const result = gated
        ? await gated.detect(frame, ptsMs, how)
        : { ...(await (keyed ?? deps.detector).detect(frame, how, ptsMs)), held: [] }
      // Only files are gone on with, and a copy is not free.
      if (!checkpointer) return { captured, result, ...none }
      return { captured, result, gate: gated && gated.state(), keys: keyed && keyed.state() }
    },

    async take({ captured, result, gate: gateThen, keys: keysThen }) {
      isBetweenFrames = false
      const { image } = result
      const tsMs = options.originMs + Math.round(captured.ptsMs)
      const seen = { objects: suppressTwins(result.objects), held: suppressTwins(result.held) }
      const objects = wanted(seen.objects, request)
      const held = wanted(seen.held, request)
      // What stands in the same place after a false cut is joined again by dedup.
      const cutOff = captured.isCut ? tracker.finish() : []
      const { hits, ended } = tracker.update({ ...captured, tsMs }, objects, held, image)
      progress.framesDone = captured.frameIdx + 1
      if (options.durationMs !== null)
        progress.progress = Math.min(1, captured.ptsMs / Math.max(1, options.durationMs))
      const sure = [...seen.objects, ...seen.held].filter(({ confidence }) => confidence >= trackThreshold)
      const now = { frameIdx: captured.frameIdx, tsMs, image, seen: sure }
      await keep(board.take(hits, [...cutOff, ...ended], now))
      gate = gateThen
      keys = keysThen
      isBetweenFrames = true
      if (group.isDue()) await flush()
      return { image, tsMs }
    },

    async end(how) {
      if (how === 'paused' && checkpointer) {
        // Half a frame is left out: it is worked on again from what was committed last.
        if (isBetweenFrames) await flush()
        return
      }
      tracker.finish()
      await keep(board.closeAll())
      group.flush({ finished: how === 'finished', checkpoint: null })
    },
  }
}

/** Where only matches are kept, only labels that are named go on; colours are judged later, over the whole track. */
function wanted(objects: DetectedObject[], { prompts, keep }: PipelineRequest): DetectedObject[] {
  if (prompts === null || keep === 'all') return objects
  const labels = new Set(
    prompts.flatMap(({ interpretation }) => interpretation.labels.map(({ label }) => label)),
  )
  return objects.filter((object) => labels.has(object.label))
}

/** All that decides what the stages make of a frame; a state that was made under other settings is of no use. */
function settingsOf(
  { detector, textEncoder, thresholds }: StagesDeps,
  { detectFps, motionGate, dedupRadius = 1, keyFrameMs, prompts, keep }: PipelineRequest,
  trackThreshold: number,
): string {
  const asked = prompts?.map(({ text, interpretation: { labels, colours } }) => [
    text,
    labels.map(({ label }) => label),
    colours,
  ])
  return JSON.stringify([
    {
      detectFps,
      motionGate,
      dedupRadius,
      keyFrameMs: keyFrameMs ?? detector.keyFrameMs,
      keep,
      trackThreshold,
      thresholds,
      asked: asked ?? null,
    },
    { spaceId: textEncoder.space.spaceId, input: detector.inputSize, labels: detector.labels },
  ])
}
