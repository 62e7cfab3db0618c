// Contract: an engine that runs one graph on the GPU. Inputs come from the host, from page-locked buffers or from the GPU
// itself; outputs go back or stay there. Nothing here blocks the event loop.
import type { HostTensor, TensorType } from './tensor.ts'

export interface TensorInfo {
  readonly name: string
  readonly type: TensorType
  /** -1 where the size is given with each run. */
  readonly dims: readonly number[]
  readonly min: readonly number[]
  readonly max: readonly number[]
}

/** A tensor that stays on the GPU: the output of one engine and input of the next. Freed by dispose or when collected. */
export interface DeviceTensor extends Disposable {
  readonly type: TensorType
  readonly dims: readonly number[]
  readonly bytes: number
}

/** Page-locked memory: written by the caller, read by the GPU without a copy on the CPU. Reuse it between runs. */
export interface PinnedBuffer {
  /** Not to be transferred, and not to be written while a run reads it. */
  readonly buffer: ArrayBuffer
}

/** `buffer` from its start on, as a tensor. */
export interface PinnedTensor {
  readonly type: TensorType
  readonly dims: readonly number[]
  readonly pinned: PinnedBuffer
}

export type EngineInput = HostTensor | PinnedTensor | DeviceTensor

export interface RunOptions {
  /**
   * Ends the wait: a run that waits for its turn never starts, one on the GPU goes on there and its result is dropped.
   */
  signal?: AbortSignal
  /** Names of outputs to copy to the host; all those that do not stay on the GPU when absent. */
  outputs?: readonly string[]
  /** Names of outputs to leave on the GPU. */
  keepOnDevice?: readonly string[]
}

export interface RunResult {
  readonly outputs: Readonly<Record<string, HostTensor>>
  readonly onDevice: Readonly<Record<string, DeviceTensor>>
  /** Milliseconds of GPU time for the graph alone, without copies and waiting. */
  readonly computeMs: number
  /** The run was replayed from a CUDA graph. */
  readonly replayedGraph: boolean
}

export interface Engine extends AsyncDisposable {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /**
   * Runs the graph once. Large typed arrays that span their whole buffer are taken over without a copy: their buffer is
   * detached and must not be used afterwards. SharedArrayBuffers are read in place.
   * @throws TrtError INVALID_INPUT for a missing or wrongly shaped input, CANCELLED when `signal` fires,
   *   TOO_MANY_REQUESTS when too many runs wait, GPU_MEMORY_SHORT, UNAVAILABLE after disposal.
   */
  run(inputs: Readonly<Record<string, EngineInput>>, options?: RunOptions): Promise<RunResult>
  /** Bytes from 1 to 1 GiB. */
  allocatePinned(bytes: number): Promise<PinnedBuffer>
  /** Free and total memory of the GPU. */
  memory(): { freeBytes: number; totalBytes: number }
  /** TensorRT's JSON of the layers. */
  inspect(): string
}
