// The surface of the compiled addon, described by hand, and the one place that loads it. Everything marked async runs
// on a thread of the addon's own and never in libuv's pool; the rest takes microseconds.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { NativeKernels, NativeKernelsOptions } from './native-kernels.ts'
import { TrtError } from './trt-error.ts'
import type { TensorType } from './tensor.ts'

export interface NativeProbe {
  missing: { message: string; hint: string }[]
  /** Empty when engines can be built here. */
  parserMissing: string
  /** Version of TensorRT; empty when it is missing. */
  tensorrt: string
  devices: NativeDevice[]
}

export interface NativeDevice {
  index: number
  name: string
  /** For example 8.7 on Orin, 9.0 on Hopper. */
  computeCapability: string
  multiprocessors: number
  /** CPU and GPU share their memory. */
  integrated: boolean
  totalBytes: number
  /** CUDA version that the driver brings, as 1000 * major + 10 * minor. */
  driverVersion: number
}

export interface NativeTensorInfo {
  name: string
  type: TensorType
  isInput: boolean
  /** -1 where the size is given with each run, within min and max. */
  dims: number[]
  min: number[]
  opt: number[]
  max: number[]
}

export interface NativeEngine {
  describe(): { tensors: NativeTensorInfo[]; contextBytes: number; integrated: boolean }
  memory(): { freeBytes: number; totalBytes: number }
  inspect(): string
  /** async */
  createContext(options: { useGraphs: boolean; spin: boolean; mapHost: boolean }): Promise<NativeContext>
  /** async */
  allocatePinned(options: { bytes: number }): Promise<NativePinned>
  /** async; what was made from the engine keeps it alive until it is disposed of too */
  dispose(): Promise<void>
}

export interface NativeContext {
  /** async; runs of one context wait for each other */
  run(request: NativeRunRequest): Promise<NativeRunReply>
  /** async */
  dispose(): Promise<void>
}

export type NativeInput =
  | { name: string; type: TensorType; dims: readonly number[]; data: Uint8Array }
  | { name: string; type: TensorType; dims: readonly number[]; pinned: NativePinned; byteLength: number }
  | { name: string; tensor: NativeDeviceTensor }

export interface NativeRunRequest {
  inputs: NativeInput[]
  toHost: readonly string[]
  toDevice: readonly string[]
}

export interface NativeRunReply {
  outputs: {
    name: string
    type: TensorType
    dims: number[]
    data?: ArrayBuffer
    tensor?: NativeDeviceTensor
  }[]
  computeMs: number
  replayedGraph: boolean
}

export interface NativeDeviceTensor {
  describe(): { type: TensorType; dims: number[]; bytes: number; disposed: boolean }
  dispose(): void
}

export interface NativePinned {
  /** To be called once. */
  buffer(): ArrayBuffer
}

export interface NativeBuildOptions {
  onnxPath: string
  precisions: string[]
  stronglyTyped: boolean
  profile: {
    name: string
    min: readonly number[]
    opt: readonly number[]
    max: readonly number[]
  }[]
  workspaceBytes: number
  optimizationLevel: number
  threads: number
  detailedLayers: boolean
  timingCache?: Uint8Array
  device: number
  libraryDir?: string
}

export interface NativeAddon {
  /** async; never rejects */
  probe(options: { libraryDir?: string }): Promise<NativeProbe>
  buildEngine(
    options: NativeBuildOptions,
    onProgress: (phase: string, step: number, steps: number) => void,
  ): { done: Promise<{ plan: ArrayBuffer; timingCache: ArrayBuffer }>; cancel(): void }
  /** async */
  loadEngine(options: { path: string; device: number; libraryDir?: string }): Promise<NativeEngine>
  /** async */
  openKernels(options: NativeKernelsOptions): Promise<NativeKernels>
  liveCounts(): NativeLiveCounts
}

/** Over the whole process. */
export interface NativeLiveCounts {
  engines: number
  contexts: number
  tensors: number
  threads: number
  deviceBytes: number
  pinnedBytes: number
}

const ADDON_PATH = fileURLToPath(new URL('../native/build/sam3_trt.node', import.meta.url))
const NOT_BUILT_HINT = 'npm run build:native -w @sam3-fleet/trt-native; it needs a C++ compiler (Debian: g++)'

/**
 * @throws TrtError UNAVAILABLE when the addon is not compiled here.
 */
export function loadAddon(path: string = ADDON_PATH): NativeAddon {
  const require = createRequire(import.meta.url)
  try {
    return require(path) as NativeAddon
  } catch (cause) {
    throw new TrtError('UNAVAILABLE', 'the TensorRT addon is not built for this machine', {
      hint: NOT_BUILT_HINT,
      cause,
    })
  }
}
