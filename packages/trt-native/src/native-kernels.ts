// The addon's surface for work on pixels, described by hand. Everything is checked again on the other side.
import type { NativeDeviceTensor, NativePinned } from './native-addon.ts'
import type { Area, FitTarget, Picture } from './frame-kernels.ts'

export type NativeKernelsOptions =
  | { where: 'cpu' }
  | {
      where: 'gpu'
      device: number
      libraryDir?: string
      /** Kernels compiled at set-up; need not exist. */
      binaryPath: string
      /** Their source, for a compiler that the machine brings. */
      sourceDir: string
    }

export type NativeBytes =
  | { data: Uint8Array }
  | { pinned: NativePinned; byteLength: number }
  | { tensor: NativeDeviceTensor }

export type NativePicture = Omit<Picture, 'bytes'> & NativeBytes

export type NativeFitRequest = Omit<FitTarget, 'type'> & {
  picture: NativePicture
  type: string
  keepOnDevice: boolean
}

export interface NativeBoxRequest {
  head: 'sides' | 'corners' | 'centres'
  scores: 'probabilities' | 'logits'
  classes: number
  bins: number
  unitX: number
  unitY: number
  padX: number
  padY: number
  scaleX: number
  scaleY: number
  pictureWidth: number
  pictureHeight: number
  minConfidence: number
  maxOverlap: number
  acrossClasses: boolean
  candidatesMax: number
  keptMax: number
  levels: { cells: number; columns: number; stride: number; scores: NativeBytes; boxes: NativeBytes }[]
}

export interface NativeMaskRequest {
  masks: NativeBytes
  type: string
  count: number
  rows?: readonly number[]
  width: number
  height: number
  inputWidth: number
  inputHeight: number
  place?: Area
  outWidth: number
  outHeight: number
  enlarge: string
  threshold: number
}

export interface NativeKernels {
  name(): string
  /** async, like the rest; calls of one object wait for each other */
  fit(
    request: NativeFitRequest,
  ): Promise<{ data?: ArrayBuffer; tensor?: NativeDeviceTensor; computeMs: number }>
  /** Seven numbers a box: label, confidence, x, y, width, height, cell. */
  boxes(request: NativeBoxRequest): Promise<{ boxes: ArrayBuffer; computeMs: number }>
  masks(
    request: NativeMaskRequest,
  ): Promise<{ masks: { runs: ArrayBuffer; counts: string; area: number }[]; computeMs: number }>
  allocatePinned(options: { bytes: number }): Promise<NativePinned>
  dispose(): Promise<void>
}
