// Tensors at the edges of an engine: on the host as typed arrays, and the types that TensorRT and JavaScript share.

export const TENSOR_TYPES = [
  'float32',
  'float16',
  'bfloat16',
  'int8',
  'uint8',
  'float8',
  'bool',
  'int32',
  'int64',
] as const

export type TensorType = (typeof TENSOR_TYPES)[number]

/** bfloat16 as the upper halves of floats, float8 (e4m3) and bool as bytes: JavaScript has no arrays of these. */
interface TypedArrays {
  float32: Float32Array
  float16: Float16Array
  bfloat16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  float8: Uint8Array
  bool: Uint8Array
  int32: Int32Array
  int64: BigInt64Array
}

export type TensorData = TypedArrays[TensorType]

/** Row-major, contiguous. */
export type HostTensor = {
  [Type in TensorType]: { type: Type; dims: readonly number[]; data: TypedArrays[Type] }
}[TensorType]

const BYTES: Record<TensorType, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  uint8: 1,
  float8: 1,
  bool: 1,
  int32: 4,
  int64: 8,
}

export function bytesOf(type: TensorType, dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, BYTES[type])
}

/** A view of `buffer` as the array that `type` stands for. */
export function hostTensor(type: TensorType, dims: readonly number[], buffer: ArrayBuffer): HostTensor {
  switch (type) {
    case 'float32':
      return { type, dims, data: new Float32Array(buffer) }
    case 'float16':
      return { type, dims, data: new Float16Array(buffer) }
    case 'bfloat16':
      return { type, dims, data: new Uint16Array(buffer) }
    case 'int8':
      return { type, dims, data: new Int8Array(buffer) }
    case 'uint8':
    case 'float8':
    case 'bool':
      return { type, dims, data: new Uint8Array(buffer) }
    case 'int32':
      return { type, dims, data: new Int32Array(buffer) }
    case 'int64':
      return { type, dims, data: new BigInt64Array(buffer) }
    default:
      return type satisfies never
  }
}
