// What callers give to a run, checked against the engine and brought into the form of the addon. Decides who owns the
// bytes: large buffers are taken over, small ones copied, so that nobody can free memory that the GPU still reads.
import type { DeviceTensor, EngineInput, PinnedBuffer, PinnedTensor, TensorInfo } from './engine.ts'
import type { NativeDeviceTensor, NativeInput, NativePinned } from './native-addon.ts'
import { bytesOf, TENSOR_TYPES, type HostTensor } from './tensor.ts'
import { TrtError } from './trt-error.ts'

/** Bytes up to which a copy on the event loop costs less than the hand-over: some ten microseconds. */
const COPY_MAX_BYTES = 64 * 1024

/** Where the addon's objects are found behind the public ones; nobody outside can make an entry. */
export const deviceTensors = new WeakMap<DeviceTensor, NativeDeviceTensor>()
export const pinnedBuffers = new WeakMap<PinnedBuffer, NativePinned>()

/**
 * All checks come before the first buffer is taken over, so that a refused run leaves its inputs usable.
 * @throws TrtError INVALID_INPUT
 */
export function toNativeInputs(
  wanted: readonly TensorInfo[],
  given: Readonly<Record<string, EngineInput>>,
): NativeInput[] {
  for (const name of Object.keys(given)) {
    if (!wanted.some((info) => info.name === name)) throw invalid(`the engine has no input called ${name}`)
  }
  for (const info of wanted) checkInput(info, given[info.name])
  return wanted.flatMap(({ name }) => {
    const input = given[name]
    return input ? [toNative(name, input)] : []
  })
}

function checkInput(info: TensorInfo, input: EngineInput | undefined): void {
  const { name } = info
  if (!input) throw invalid(`the engine wants an input called ${name}`)
  if (!TENSOR_TYPES.includes(input.type) || !Array.isArray(input.dims)) {
    throw invalid(`${name} must be a tensor with type, dims and data`)
  }
  if (input.type !== info.type) throw invalid(`${name} must be ${info.type}, not ${input.type}`)
  if (!fits(input.dims, info)) {
    throw invalid(
      `${name} has the shape [${input.dims.join(', ')}], the engine takes [${info.min.join(', ')}] to [${info.max.join(', ')}]`,
    )
  }
  checkBytes(name, input)
}

function fits(dims: readonly number[], { min, max }: TensorInfo): boolean {
  return (
    dims.length === min.length &&
    dims.every((dim, i) => Number.isInteger(dim) && dim >= (min[i] ?? 1) && dim <= (max[i] ?? 0) && dim > 0)
  )
}

function checkBytes(name: string, input: EngineInput): void {
  const bytes = bytesOf(input.type, input.dims)
  if ('data' in input) {
    if (!ArrayBuffer.isView(input.data)) throw invalid(`${name}.data must be a typed array`)
    if (input.data.byteLength !== bytes) {
      throw invalid(`${name} has ${input.data.byteLength} bytes, its shape has ${bytes}`)
    }
  } else if ('pinned' in input) {
    if (!pinnedBuffers.has(input.pinned)) throw invalid(`${name}.pinned comes from another engine or is none`)
    if (input.pinned.buffer.byteLength < bytes) throw invalid(`${name} is longer than its page-locked buffer`)
  } else if (!deviceTensors.has(input)) {
    throw invalid(`${name} is neither a tensor with data nor one on the GPU`)
  }
}

function toNative(name: string, input: EngineInput): NativeInput {
  if ('data' in input) return { name, type: input.type, dims: input.dims, data: ownedBytes(input) }
  if ('pinned' in input) return pinnedInput(name, input)
  const tensor = deviceTensors.get(input)
  if (!tensor) throw invalid(`${name} is not a tensor on the GPU`)
  return { name, tensor }
}

function pinnedInput(name: string, { type, dims, pinned }: PinnedTensor): NativeInput {
  const native = pinnedBuffers.get(pinned)
  if (!native) throw invalid(`${name}.pinned is not a page-locked buffer`)
  return { name, type, dims, pinned: native, byteLength: bytesOf(type, dims) }
}

/** Bytes that nobody else can detach or free while the GPU's thread reads them. */
export function ownedBytes({ data }: { data: HostTensor['data'] }): Uint8Array {
  const { buffer, byteOffset, byteLength } = data
  // Shared memory cannot be detached: at worst its owner sees his own race.
  if (buffer instanceof SharedArrayBuffer) return new Uint8Array(buffer, byteOffset, byteLength)
  if (byteLength > COPY_MAX_BYTES && byteLength === buffer.byteLength) {
    try {
      return new Uint8Array(buffer.transfer())
    } catch {
      // Some buffers cannot be detached, such as the memory of WebAssembly: they are copied like small ones.
    }
  }
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

function invalid(message: string): TrtError {
  return new TrtError('INVALID_INPUT', message)
}
