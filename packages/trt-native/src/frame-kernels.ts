// Contract: the work on pixels around a network. A picture of any size is fitted into its input, its outputs become boxes
// of which overlapping ones are dropped, its masks become COCO run lengths of the picture's size.
// GPU and CPU give equal results. Nothing here blocks the event loop.
import type { DeviceTensor, PinnedBuffer } from './engine.ts'
import type { HostTensor } from './tensor.ts'

/** Pixels a side of any picture, input or mask. */
export const SIDE_MAX = 16_384
/** Boxes that enter suppression at most. */
export const CANDIDATES_MAX = 1024

/**
 * Large arrays that span their whole buffer are taken over without a copy, as in Engine.run: their buffer is detached.
 * Tensors on the GPU can be read by the kernels of the GPU only.
 */
export type FrameBytes =
  | { readonly data: Uint8Array }
  | { readonly pinned: PinnedBuffer; readonly byteLength: number }
  | { readonly tensor: DeviceTensor }

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Packed RGB or RGBA rows, or NV12: a plane of luma, then rows of Cb and Cr in turns for every second row and column. */
export interface Picture {
  readonly format: 'rgb' | 'rgba' | 'nv12'
  readonly width: number
  readonly height: number
  readonly bytes: FrameBytes
  /** Bytes from row to row; no padding when absent. */
  readonly pitch?: number
  /** Where the chroma of NV12 begins; behind `height` rows of luma when absent. */
  readonly chromaOffset?: number
  /** `pitch` when absent. */
  readonly chromaPitch?: number
  /** How NV12 was made from RGB; bt709 when absent. */
  readonly matrix?: 'bt601' | 'bt709' | 'bt2020'
  /** limited (16 to 235) when absent. */
  readonly range?: 'limited' | 'full'
  /** Across the columns: left as in H.264 and HEVC (the default), centre as in JPEG. Down the rows always centre. */
  readonly chromaSite?: 'left' | 'centre'
  /** The part to look at; all of it when absent. */
  readonly region?: Area
}

export interface FitTarget {
  readonly width: number
  readonly height: number
  /** Where in the input the picture goes: all of it (stretched) when absent; letterboxFor gives one that keeps shapes. */
  readonly place?: Area
  /** 0 to 255, around `place`; 0 when absent. */
  readonly padValue?: number
  /** Of red, green and blue, in values of bytes: `(value - mean) / std`. */
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
  /** Of the planes; rgb when absent. */
  readonly order?: 'rgb' | 'bgr'
  readonly type: 'float16' | 'float32'
}

export type FloatTensor = Extract<HostTensor, { type: 'float32' }> | { readonly tensor: DeviceTensor }
export type MaskTensor =
  | Extract<HostTensor, { type: 'float32' | 'float16' }>
  | { readonly tensor: DeviceTensor }

export interface SideLevel {
  /** Pixels of the input from cell to cell. */
  readonly stride: number
  readonly columns: number
  /** cells x classes. */
  readonly scores: FloatTensor
  /** cells x 4 x bins: logits of the distance to left, top, right and bottom in strides. */
  readonly boxes: FloatTensor
}

export type BoxHead =
  /** Generalized Focal Loss (Li et al., 2020), as NanoDet has it. */
  | { readonly kind: 'sides'; readonly bins: number; readonly levels: readonly SideLevel[] }
  /** x1 y1 x2 y2, or centre and size as DETR (Carion et al., 2020) has them; times `unit` they are pixels of the input. */
  | {
      readonly kind: 'corners' | 'centres'
      readonly unit: { readonly x: number; readonly y: number }
      /** rows x classes. */
      readonly scores: FloatTensor
      /** rows x 4. */
      readonly boxes: FloatTensor
    }

export interface BoxOptions {
  readonly classes: number
  /** Logits become confidences by the sigmoid; probabilities when absent. */
  readonly scores?: 'probabilities' | 'logits'
  /** 0 to 1. */
  readonly minConfidence: number
  /** The larger of two boxes' intersection over union hides the less sure one. */
  readonly maxOverlap: number
  /** Boxes of different classes hide each other too. */
  readonly acrossClasses?: boolean
  readonly candidatesMax?: number
  readonly keptMax?: number
  /** How the picture was fitted into the input: pixels of the input for one of the picture, and where it begins. */
  readonly letterbox: {
    readonly scaleX: number
    readonly scaleY: number
    readonly padX: number
    readonly padY: number
  }
  readonly picture: { readonly width: number; readonly height: number }
}

export interface DecodedBox {
  readonly labelIndex: number
  readonly confidence: number
  /** x y width height in 0..1 of the picture. */
  readonly bbox: readonly [number, number, number, number]
  /** Which cell, over all levels, or row of the output it comes from. */
  readonly cell: number
}

export interface MaskOptions {
  /** Of the network's input, and where in it the picture was placed; all of it when absent. */
  readonly input?: { readonly width: number; readonly height: number; readonly place: Area }
  /** Size of the picture, and so of the masks. */
  readonly width: number
  readonly height: number
  /** `probabilities`: the values are logits, of which the sigmoid is enlarged; the values as they are when absent. */
  readonly enlarge?: 'values' | 'probabilities'
  /** Inside is what lies above it; 0, for logits, when absent. */
  readonly threshold?: number
  /** Which masks of the tensor are cut, in this order; all when absent. */
  readonly rows?: readonly number[]
}

export interface MaskRuns {
  /** Lengths down the columns, zeros first. */
  readonly runs: Uint32Array
  /** The same as COCO's packed text: `counts` of an RleMask of size [height, width]. */
  readonly counts: string
  /** Pixels inside. */
  readonly area: number
}

export interface FrameKernels extends AsyncDisposable {
  readonly where: 'gpu' | 'cpu'
  /** Of what runs them, for a person. */
  readonly name: string
  /**
   * Bilinear with half-pixel centres, every output value from the four nearest samples.
   * @returns `[1, 3, height, width]`
   * @throws TrtError INVALID_INPUT, TOO_MANY_REQUESTS when more than 64 calls are under way, GPU_MEMORY_SHORT,
   *   UNAVAILABLE after disposal; so do all of these.
   */
  fit(picture: Picture, target: FitTarget): Promise<FittedPicture>
  /** The same, left on the GPU for an engine to read; INVALID_INPUT on the CPU. */
  fitOnDevice(picture: Picture, target: FitTarget): Promise<FittedOnDevice>
  /** Surest first; of equal ones the earlier in the output. What is no number is no box. */
  boxes(head: BoxHead, options: BoxOptions): Promise<Boxes>
  /** @param masks `[count, height, width]` or `[1, count, height, width]`, enlarged bilinearly with half-pixel centres */
  masks(masks: MaskTensor, options: MaskOptions): Promise<Masks>
  /** Bytes from 1 to 1 GiB for frames that the GPU reads without a copy on the CPU; INVALID_INPUT on the CPU. */
  allocatePinned(bytes: number): Promise<PinnedBuffer>
}

/** `computeMs` is the time of the kernels alone, without copies and waiting. */
export interface FittedPicture {
  readonly tensor: Extract<HostTensor, { type: 'float16' | 'float32' }>
  readonly computeMs: number
}
export interface FittedOnDevice {
  readonly tensor: DeviceTensor
  readonly computeMs: number
}
export interface Boxes {
  readonly boxes: readonly DecodedBox[]
  readonly computeMs: number
}
export interface Masks {
  readonly masks: readonly MaskRuns[]
  readonly computeMs: number
}
