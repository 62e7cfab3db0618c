// onnxruntime in the calling thread. run() holds the thread for as long as the model takes (it is a synchronous call
// behind setImmediate), so this belongs into worker threads; worker-session.ts does that.
import { InferenceSession as OnnxRuntimeSession, Tensor as OnnxTensor } from 'onnxruntime-node'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { InferenceSession, Tensor, TensorMap } from './inference-session.ts'

/**
 * @throws FleetError PACK_INVALID when the file is not a model that onnxruntime can run.
 */
export async function createOnnxSession(modelPath: string): Promise<InferenceSession> {
  // One thread a session and one worker a core is fastest: the model scales badly over threads, well over frames.
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    // Inputs differ in size: a plan of memory for each of them would be kept.
    enableMemPattern: false,
    logSeverityLevel: 3 as const,
  }
  const session = await OnnxRuntimeSession.create(modelPath, options).catch((cause: unknown) => {
    throw new FleetError('PACK_INVALID', `${modelPath} cannot be loaded`, { cause })
  })

  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, signal) {
      if (signal?.aborted) throw new FleetError('CANCELLED', 'the run was cancelled before it began')
      for (const name of session.inputNames) {
        if (!feeds[name]) throw new FleetError('INVALID_INPUT', `the model wants an input called ${name}`)
      }
      const outputs = await session
        .run(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOnnx(tensor)])))
        .catch((cause: unknown) => {
          throw new FleetError('INVALID_INPUT', `the model refused its input: ${String(cause)}`, { cause })
        })
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, fromOnnx(name, tensor)]),
      ) satisfies TensorMap
    },
    [Symbol.asyncDispose]: () => session.release(),
  }
}

function toOnnx(tensor: Tensor): OnnxTensor {
  return new OnnxTensor(tensor.type, tensor.data as Float32Array, [...tensor.dims])
}

function fromOnnx(name: string, tensor: OnnxTensor): Tensor {
  const { dims, data } = tensor
  if (data instanceof Float32Array) return { type: 'float32', dims, data }
  if (data instanceof BigInt64Array) return { type: 'int64', dims, data }
  if (data instanceof Uint8Array) return { type: 'uint8', dims, data }
  throw new FleetError('PACK_INVALID', `output ${name} has the type ${tensor.type}, which no pack uses`)
}
