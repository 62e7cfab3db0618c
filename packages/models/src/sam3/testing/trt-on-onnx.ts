// Engines and kernels where there is no GPU: the contracts of trt-native over onnxruntime and over the kernels' CPU twins,
// with tensors "on the GPU" kept aside, so that everything between them is tested with real answers.
import { createCpuFrameKernels } from '@sam3-fleet/trt-native/cpu-frame-kernels'
import type { DeviceTensor, Engine, EngineInput, TensorInfo } from '@sam3-fleet/trt-native/engine'
import type { FrameKernels, MaskTensor } from '@sam3-fleet/trt-native/frame-kernels'
import { bytesOf, type HostTensor } from '@sam3-fleet/trt-native/tensor'
import { TrtError } from '@sam3-fleet/trt-native/trt-error'
import type { Tensor, TensorMap } from '../../session/inference-session.ts'
import { createOnnxSession } from '../../session/onnx-session.ts'

export interface SimulatedDevice {
  /** Tensors that nobody has freed. */
  readonly live: number
  engine(onnxPath: string): Promise<Engine>
  kernels(): Promise<FrameKernels>
}

export function createSimulatedDevice(): SimulatedDevice {
  const kept = new Map<DeviceTensor, HostTensor>()

  function keep(tensor: HostTensor): DeviceTensor {
    const device: DeviceTensor = {
      type: tensor.type,
      dims: tensor.dims,
      bytes: bytesOf(tensor.type, tensor.dims),
      [Symbol.dispose]: () => void kept.delete(device),
    }
    kept.set(device, tensor)
    return device
  }

  function hostOf(device: DeviceTensor): HostTensor {
    const tensor = kept.get(device)
    if (tensor) return tensor
    throw new TrtError('INVALID_INPUT', 'this tensor is not on the GPU any more')
  }

  function feedOf(input: EngineInput | undefined): Tensor {
    if (!input || 'pinned' in input) throw new TrtError('INVALID_INPUT', 'an input is missing')
    return ('data' in input ? input : hostOf(input)) as Tensor
  }

  return {
    get live() {
      return kept.size
    },
    async engine(onnxPath) {
      const session = await createOnnxSession(onnxPath)
      // The graphs of the tiny pack take tokens and labels as int64, all else as floats.
      const infoOf = (name: string): TensorInfo => ({
        name,
        type:
          /ids|mask$|labels/.test(name) && name !== 'masks' && name !== 'pred_masks' ? 'int64' : 'float32',
        dims: [],
        min: [],
        max: [],
      })
      return {
        inputs: session.inputNames.map(infoOf),
        outputs: session.outputNames.map(infoOf),
        async run(inputs, { outputs: wanted, keepOnDevice = [], signal } = {}) {
          if (signal?.aborted) throw new TrtError('CANCELLED', 'the run was cancelled before it began')
          const feeds: TensorMap = Object.fromEntries(
            session.inputNames.map((name) => [name, feedOf(inputs[name])]),
          )
          const results = Object.entries(await session.run(feeds)) as [string, HostTensor][]
          const toHost = wanted ?? session.outputNames.filter((name) => !keepOnDevice.includes(name))
          return {
            outputs: Object.fromEntries(results.filter(([name]) => toHost.includes(name))),
            onDevice: Object.fromEntries(
              results
                .filter(([name]) => keepOnDevice.includes(name))
                .map(([name, tensor]) => [name, keep(tensor)]),
            ),
            computeMs: 0,
            replayedGraph: false,
          }
        },
        allocatePinned: () => Promise.reject(new TrtError('INVALID_INPUT', 'there is no GPU')),
        memory: () => ({ freeBytes: 0, totalBytes: 0 }),
        inspect: () => '',
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
    async kernels() {
      const cpu = await createCpuFrameKernels()
      return {
        ...cpu,
        where: 'gpu',
        async fitOnDevice(picture, target) {
          const { tensor, computeMs } = await cpu.fit(picture, target)
          return { tensor: keep(tensor), computeMs }
        },
        masks: (masks, options) =>
          cpu.masks('tensor' in masks ? (copyOf(hostOf(masks.tensor)) as MaskTensor) : masks, options),
        [Symbol.asyncDispose]: () => cpu[Symbol.asyncDispose](),
      }
    },
  }
}

/** The kernels take a buffer over. */
function copyOf(tensor: HostTensor): HostTensor {
  return { ...tensor, data: tensor.data.slice() } as HostTensor
}
