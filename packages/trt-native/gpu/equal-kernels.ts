// Work that GPU and CPU are given alike, and whose results must be equal to the last bit.
import type {
  BoxHead,
  BoxOptions,
  FitTarget,
  FrameKernels,
  MaskOptions,
  Picture,
} from '../src/frame-kernels.ts'
import { noise, noiseFloats } from './noise.ts'

export interface EqualCase {
  name: string
  run(kernels: FrameKernels): Promise<unknown>
}

export interface FitCase {
  picture: Omit<Picture, 'bytes'>
  target: FitTarget
}

/** Pictures of every format into inputs of every type. */
export function fitCase({ picture, target }: FitCase, seed: number): EqualCase {
  const { format, width, height } = picture
  const data = pictureBytes(picture, seed)
  return {
    name: `${format} ${width}x${height} -> ${target.width}x${target.height} ${target.type} ${target.order ?? 'rgb'}`,
    async run(kernels) {
      const { tensor } = await kernels.fit({ ...picture, bytes: { data: data.slice() } }, target)
      // As bits, which tell -0 from 0.
      return new Uint8Array(tensor.data.buffer)
    },
  }
}

export function pictureBytes(
  { format, width, height }: Omit<Picture, 'bytes'>,
  seed: number,
): Uint8Array<ArrayBuffer> {
  const evenWidth = Math.ceil(width / 2) * 2
  const bytes = {
    rgb: 3 * width * height,
    rgba: 4 * width * height,
    nv12: width * height + evenWidth * Math.ceil(height / 2),
  }
  return noise(bytes[format], seed)
}

/** 3598 cells and 80 classes, as NanoDet-Plus at 416 x 416 has them. */
export function sidesCase(
  seed: number,
  minConfidence: number,
  picture: { width: number; height: number },
): EqualCase {
  const strides = [8, 16, 32, 64]
  const scale = Math.min(416 / picture.width, 416 / picture.height)
  const letterbox = { scaleX: scale, scaleY: scale, padX: 3, padY: 5 }
  const options: BoxOptions = {
    classes: 80,
    minConfidence,
    maxOverlap: 0.5,
    candidatesMax: 1000,
    keptMax: 200,
    letterbox,
    picture,
  }
  return {
    name: `boxes of 3598 cells x 80 classes above ${minConfidence}`,
    async run(kernels) {
      const levels = strides.map((stride, level) => {
        const cells = Math.ceil(416 / stride) ** 2
        return {
          stride,
          columns: Math.ceil(416 / stride),
          scores: floats(noiseFloats(cells * 80, seed + level, 1)),
          boxes: floats(noiseFloats(cells * 32, seed - level, 5)),
        }
      })
      return (await kernels.boxes({ kind: 'sides', bins: 8, levels }, options)).boxes
    },
  }
}

/** `rows` boxes as a DETR has them, some of which lie on others. */
export function centresCase(rows: number, seed: number): EqualCase {
  const options: BoxOptions = {
    classes: 1,
    scores: 'logits',
    minConfidence: 0.2,
    maxOverlap: 0.3,
    letterbox: { scaleX: 1008 / 3840, scaleY: 1008 / 2160, padX: 0, padY: 0 },
    picture: { width: 3840, height: 2160 },
  }
  return {
    name: `${rows} boxes of a DETR`,
    async run(kernels) {
      const boxes = noiseFloats(rows * 4, seed, 0.3).map((value, at) =>
        at % 4 < 2 ? 0.5 + value : Math.abs(value),
      )
      const scores = noiseFloats(rows, seed + 1, 4)
      const head: BoxHead = {
        kind: 'centres',
        unit: { x: 1008, y: 1008 },
        scores: floats(scores),
        boxes: floats(boxes),
      }
      return (await kernels.boxes(head, options)).boxes
    },
  }
}

export interface MaskCase {
  count: number
  width: number
  height: number
  type: 'float16' | 'float32'
  options: MaskOptions
}

/** Smooth hills, as masks are, or noise, which changes at every pixel. */
export function masksCase(
  { count, width, height, type, options }: MaskCase,
  kind: 'smooth' | 'noise',
): EqualCase {
  return {
    name: `${count} masks ${width}x${height} ${type} ${kind} -> ${options.width}x${options.height}`,
    async run(kernels) {
      const values =
        kind === 'smooth' ? hills(count, width, height) : noiseFloats(count * width * height, count, 4)
      const dims = [count, height, width]
      const { masks } =
        type === 'float32'
          ? await kernels.masks({ type, dims, data: values }, options)
          : await kernels.masks({ type, dims, data: Float16Array.from(values) }, options)
      return masks
    },
  }
}

export function hills(count: number, width: number, height: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count * width * height }, (_, at) => {
    const mask = Math.floor(at / (width * height))
    const x = (at % width) / width
    const y = (Math.floor(at / width) % height) / height
    return 6 * Math.sin((3 + mask) * x + mask) * Math.cos((2 + mask / 3) * y) - 1
  })
}

function floats(data: Float32Array<ArrayBuffer>) {
  return { type: 'float32', dims: [data.length], data } as const
}
