// Contract: tensors in, tensors out. Implementations: onnxruntime here, TensorRT in its own package.

export type TensorType = 'float32' | 'int64' | 'uint8'

/** Row-major tensor; int64 data travels as BigInt64Array. */
export type Tensor =
  | { type: 'float32'; dims: readonly number[]; data: Float32Array }
  | { type: 'int64'; dims: readonly number[]; data: BigInt64Array }
  | { type: 'uint8'; dims: readonly number[]; data: Uint8Array }

export type TensorMap = Record<string, Tensor>

export interface InferenceSession extends AsyncDisposable {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /**
   * Runs the graph once. Buffers given in `feeds` may be transferred and must not be used afterwards.
   * @throws FleetError INVALID_INPUT for a missing or wrongly shaped input, CANCELLED when `signal` fires first.
   */
  run(feeds: TensorMap, signal?: AbortSignal): Promise<TensorMap>
}
