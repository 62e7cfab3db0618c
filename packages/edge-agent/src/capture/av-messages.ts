// What the decoding thread and its owner say to each other.
import type { DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import type { CapturedFrame, SourceInfo } from './frame-source.ts'

export interface AvWorkerData {
  uri: string
  kind: 'file' | 'rtsp' | 'camera'
  /** FFmpeg's name of the demuxer; nothing else is tried. */
  format: string
  detectFps: number
  input: DetectorInputSize
}

export type ToAvWorker = { type: 'start'; fromFrame: number } | { type: 'credit' } | { type: 'stop' }

export type FromAvWorker =
  | { type: 'info'; info: SourceInfo }
  | { type: 'frame'; captured: CapturedFrame; dropped: number }
  | { type: 'end' }
  | { type: 'error'; message: string; detail: string }
