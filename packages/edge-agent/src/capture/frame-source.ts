// Contract: a recording or stream in, numbered frames out, fitted for the detector. Files give every selected frame,
// always the same ones; live streams give the newest and count what they drop.
import type { DetectorFrame, DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'

export interface SourceInfo {
  /** After rotation, before scaling. */
  width: number
  height: number
  /** Null for live streams. */
  durationMs: number | null
  /** Frames in the file as the container says; null when it does not. */
  frameCount: number | null
  /** Unix ms of pts 0 as the container says; null when it does not. */
  containerOriginMs: number | null
  /** A picture: one frame, in which everything is seen once. */
  isStill: boolean
  format: string
  codec: string
}

export interface CapturedFrame {
  /** Number of the frame in the recording, counted from 0 over all frames, selected or not. */
  frameIdx: number
  /** Milliseconds from the beginning of the recording. */
  ptsMs: number
  /** Another shot than the frame before: nobody walks on through a cut. */
  isCut: boolean
  frame: DetectorFrame
}

export interface FrameSource extends AsyncDisposable {
  readonly info: SourceInfo
  /** Frames that a live stream brought and nobody had time for. */
  readonly dropped: number
  /** What decodes it, as FFmpeg or GStreamer names it ("cuda", "nvv4l2decoder"); null before the first frame. */
  readonly decodedBy: string | null
  /**
   * Frames from `fromFrame` on. A file ends; a live stream ends by throwing.
   * @throws FleetError SOURCE_UNAVAILABLE when the stream broke, UNPROCESSABLE_MEDIA when the file cannot be decoded.
   */
  frames(fromFrame: number): AsyncIterable<CapturedFrame>
}

export interface OpenSourceOptions {
  uri: string
  kind: 'file' | 'rtsp' | 'camera'
  /** Frames a second that are wanted; fewer when the source has fewer. */
  detectFps: number
  input: DetectorInputSize
  /** Selected frames that may wait between capture and the stages. */
  queueMax: number
  signal: AbortSignal
}

/** @throws FleetError SOURCE_UNAVAILABLE, UNSUPPORTED_MEDIA or UNPROCESSABLE_MEDIA, saying what a person can do. */
export type OpenFrameSource = (options: OpenSourceOptions) => Promise<FrameSource>
