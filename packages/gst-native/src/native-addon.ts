// The surface of the compiled addon, described by hand, and the one place that loads it. A capture works on threads of
// its own; its events come one by one on the thread that opened it.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { GstGraph } from './graph.ts'

export interface CaptureLimits {
  /** Pixels of one frame. */
  pixelsMax: number
  /** Streams in one container. */
  streamsMax: number
  durationMaxMs: number
  /** Of a live stream without a frame, after which it counts as lost. */
  silenceMaxMs: number
}

export interface CaptureSpec {
  graph: GstGraph
  /** Drops what nobody has memory for instead of waiting. */
  isLive: boolean
  detectFps: number
  limits: CaptureLimits
}

export interface CaptureStart {
  /** Frames before it are decoded and left out. */
  fromFrame: number
  /** Size of the working picture. */
  working: { width: number; height: number }
  /** The working picture scaled and placed in the detector's input. */
  input: {
    width: number
    height: number
    scaledWidth: number
    scaledHeight: number
    padX: number
    padY: number
    padValue: number
  }
}

export type CaptureEvent =
  | {
      type: 'info'
      /** As decoded, before rotation. */
      width: number
      height: number
      /** `rotate-90` and so on, as the container says; empty when it says nothing. */
      orientation: string
      /** -1: not known. */
      durationMs: number
      /** ISO 8601; empty when the container does not say. */
      createdAt: string
      /** Media type of the stream, for example `video/x-h264`. */
      codec: string
      /** The element that decodes it; empty when the source gives pictures as they are. */
      decoder: string
    }
  | {
      type: 'frame'
      /** What `giveSlot` answered for the memory that holds it. */
      slot: number
      frameIdx: number
      ptsMs: number
      /** The one before the first wanted frame: to compare with, not to hand over. */
      isBefore: boolean
      dropped: number
    }
  | { type: 'end' }
  | { type: 'error'; message: string }
  /** The last one, always. */
  | { type: 'closed' }

export interface NativeCapture {
  start(start: CaptureStart): void
  /**
   * Memory for one frame, packed RGB: the working picture and the input. Not to be touched before its frame came.
   * @returns the number by which that frame names it
   */
  giveSlot(image: ArrayBuffer, input: ArrayBuffer): number
  /** `closed` follows soon. */
  stop(): void
}

export interface GstAddon {
  Capture: new (spec: CaptureSpec, onEvent: (event: CaptureEvent) => void) => NativeCapture
  /** Version of GStreamer. Reads its registry of plugins: a second or so the first time on a machine. */
  initialise(): string
  /** Those of the element factories that are installed. */
  installed(factories: readonly string[]): string[]
  /** The reader of NanoDet's outputs that nvinfer loads, called here; null when it refuses them, of which it then tells nothing. */
  parseNanodet(outputs: {
    layers: readonly { name: string; data: Float32Array }[]
    width: number
    height: number
    /** Lowest confidence of each class. */
    thresholds: Float32Array
  }): ParsedBox[] | null
}

/** What DeepStream's nvinfer is told by the library that reads NanoDet for it, in pixels of the input. */
export interface ParsedBox {
  classId: number
  left: number
  top: number
  width: number
  height: number
  confidence: number
}

const ADDON_PATH = fileURLToPath(new URL('../native/build/sam3_gst.node', import.meta.url))

/** @throws Error when the addon is not compiled here, or GStreamer's libraries are missing. */
export function loadGstAddon(path: string = ADDON_PATH): GstAddon {
  return createRequire(import.meta.url)(path) as GstAddon
}
