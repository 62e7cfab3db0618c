// Contract: one recording or stream worked through, capture to store. Used by sources (live, folders) and jobs.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { VideoRecord } from '../store/video-store.ts'

export interface PipelineRequest {
  video: VideoRecord
  sourceName: string
  /** File path or stream URI with credentials; never logged. */
  uri: string
  kind: 'file' | 'rtsp' | 'camera'
  detectFps: number
  /** Detects only where and when something changes: for fixed cameras. */
  motionGate: boolean
  /** How far dedup reaches, against its usual reach; absent: 1. */
  dedupRadius?: number
  /** Milliseconds for which one look may serve the frames after it; null or absent: as the detector has it. */
  keyFrameMs?: number | null
  /** What matches one of these carries its text; null when nothing is asked for. */
  prompts: { text: string; interpretation: Interpretation }[] | null
  /** Sources keep all that the pack sees; a job with a prompt keeps only what matches it. */
  keep: 'all' | 'matches'
  /** Lowest confidence that starts a track; null: the pack's threshold. */
  confidenceThreshold: number | null
}

export interface PipelineProgress {
  framesDone: number
  /** 0..1 for files, null for live. */
  progress: number | null
  detections: number
  sightings: number
}

export interface PipelineRates {
  framesPerS: number
  detectMsP50: number
  framesDropped: number
}

export interface PipelineRunOptions {
  /** Ends the run. */
  signal: AbortSignal
  /**
   * When this is what fired `signal`, the agent stops and the file is gone on with at the next start: what is open
   * stays open then, and the next run ends with the same as one that was never stopped.
   */
  pause?: AbortSignal
  onProgress?: (progress: PipelineProgress) => void
}

export interface Pipeline {
  /**
   * Resolves when a file came to its end; a live stream ends by throwing SOURCE_UNAVAILABLE or by `signal`.
   * Everything found before the end is committed, whatever way it ends. A file that a killed or paused run left goes
   * on where it was, as if that run had not ended.
   */
  run(request: PipelineRequest, options: PipelineRunOptions): Promise<PipelineProgress>
  /** Closes what ended runs of a recording, or of all of a source, left open: nobody will go on with it. */
  abandon(of: { videoId: string } | { sourceId: string }): void
  /** Of all recordings being worked on now. */
  rates(): PipelineRates
  /** Newest frame of a source as WebP for previews; null before the first. */
  lastFrame(
    sourceId: string,
    maxWidth: number,
  ): Promise<{ bytes: Uint8Array; width: number; height: number; atMs: number } | null>
}
