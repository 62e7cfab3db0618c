// What the decoding thread and its owner say to each other.
import type { DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import type { DecodePath } from './decode-path.ts'
import type { CapturedFrame, SourceInfo } from './frame-source.ts'

export interface AvWorkerData {
  uri: string
  kind: 'file' | 'rtsp' | 'camera'
  /** FFmpeg's name of the demuxer; nothing else is tried. */
  format: string
  detectFps: number
  input: DetectorInputSize
  /** Tried in this order; the last one's failure is the source's. */
  paths: readonly DecodePath[]
}

export type ToAvWorker = { type: 'start'; fromFrame: number } | { type: 'credit' } | { type: 'stop' }

export type FromAvWorker =
  | { type: 'info'; info: SourceInfo }
  | { type: 'frame'; captured: CapturedFrame; dropped: number; path: DecodePath }
  | { type: 'path-failed'; path: DecodePath; detail: string }
  | { type: 'end' }
  | { type: 'error'; message: string; detail: string }
