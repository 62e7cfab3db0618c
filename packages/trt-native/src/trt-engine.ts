// An engine from a TensorRT plan: contexts pooled, one thread and CUDA stream each, results as typed arrays.
import { z } from 'zod'
import { createContextPool } from './context-pool.ts'
import { deviceTensors, pinnedBuffers, toNativeInputs } from './engine-inputs.ts'
import type { DeviceTensor, Engine, RunOptions, RunResult, TensorInfo } from './engine.ts'
import {
  loadAddon,
  type NativeContext,
  type NativeDeviceTensor,
  type NativeEngine,
  type NativeRunReply,
} from './native-addon.ts'
import { hostTensor, type HostTensor } from './tensor.ts'
import { toTrtError, TrtError } from './trt-error.ts'

/** Contexts of an engine: a third only takes memory, the GPU is busy with two. */
const CONTEXTS_DEFAULT = 2
const CONTEXTS_MAX = 16
/** Runs that wait for a context. */
const WAITING_DEFAULT = 64
const WAITING_MAX = 100_000

const optionsSchema = z.strictObject({
  planPath: z.string().min(1),
  device: z.int().min(0).max(64).default(0).describe('index of the GPU'),
  libraryDir: z.string().optional().describe("folder with TensorRT's libraries"),
  addonPath: z.string().optional(),
  contexts: z.int().min(1).max(CONTEXTS_MAX).default(CONTEXTS_DEFAULT),
  waitingMax: z.int().min(0).max(WAITING_MAX).default(WAITING_DEFAULT),
  useGraphs: z.boolean().default(true).describe('replay fixed shapes as CUDA graphs'),
  spin: z.boolean().default(false).describe('wait for the GPU with a busy core'),
  mapHost: z
    .boolean()
    .optional()
    .describe('let the GPU use host memory in place; by default on integrated GPUs only'),
})

export type TrtEngineOptions = z.input<typeof optionsSchema>

/**
 * Opens the plan at `planPath`. Only plans that this machine built, or whose hash was checked, may be opened: TensorRT
 * trusts what it reads (engine-cache.ts checks).
 * @throws TrtError ENGINE_INVALID for a plan of another GPU or TensorRT, GPU_MEMORY_SHORT, UNAVAILABLE without a GPU.
 */
export async function openTrtEngine(options: TrtEngineOptions): Promise<Engine> {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) throw new TrtError('INVALID_INPUT', z.prettifyError(parsed.error))
  const { planPath, device, libraryDir, addonPath, mapHost, contexts, waitingMax, ...rest } = parsed.data
  try {
    const native = await loadAddon(addonPath).loadEngine({
      path: planPath,
      device,
      ...(libraryDir === undefined ? {} : { libraryDir }),
    })
    const contextOptions = { ...rest, mapHost: mapHost ?? native.describe().integrated }
    const pool = createContextPool(() => native.createContext(contextOptions), { size: contexts, waitingMax })
    return fromNative(native, pool)
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}

type Pool = ReturnType<typeof createContextPool<NativeContext>>

function fromNative(native: NativeEngine, pool: Pool): Engine {
  const { tensors } = native.describe()
  const inputs: readonly TensorInfo[] = tensors.filter((tensor) => tensor.isInput)
  const outputs: readonly TensorInfo[] = tensors.filter((tensor) => !tensor.isInput)
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await pool.close()
    await native.dispose()
  }

  return {
    inputs,
    outputs,
    async run(given, options = {}) {
      try {
        if (closing) throw new TrtError('UNAVAILABLE', 'this engine is closed')
        if (options.signal?.aborted) throw new TrtError('CANCELLED', 'the run was cancelled before it began')
        const { toHost, toDevice } = chooseOutputs(outputs, options)
        const request = { inputs: toNativeInputs(inputs, given), toHost, toDevice }
        const reply = await pool.use((context) => context.run(request), {
          signal: options.signal,
          discard: freeReply,
        })
        return toResult(reply)
      } catch (thrown) {
        throw toTrtError(thrown)
      }
    },
    async allocatePinned(bytes) {
      try {
        const pinned = await native.allocatePinned({ bytes })
        const handle = { buffer: pinned.buffer() }
        pinnedBuffers.set(handle, pinned)
        return handle
      } catch (thrown) {
        throw toTrtError(thrown)
      }
    },
    memory: () => guarded(() => native.memory()),
    inspect: () => guarded(() => native.inspect()),
    [Symbol.asyncDispose]() {
      closing ??= close()
      return closing
    },
  }
}

function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}

function chooseOutputs(
  outputs: readonly TensorInfo[],
  { outputs: wanted, keepOnDevice = [] }: RunOptions,
): { toHost: readonly string[]; toDevice: readonly string[] } {
  const names = outputs.map((output) => output.name)
  for (const name of [...(wanted ?? []), ...keepOnDevice]) {
    if (!names.includes(name)) throw new TrtError('INVALID_INPUT', `the engine has no output called ${name}`)
  }
  const toHost = wanted ?? names.filter((name) => !keepOnDevice.includes(name))
  return { toHost: [...new Set(toHost)], toDevice: [...new Set(keepOnDevice)] }
}

function toResult(reply: NativeRunReply): RunResult {
  const outputs: Record<string, HostTensor> = {}
  const onDevice: Record<string, DeviceTensor> = {}
  for (const { name, type, dims, data, tensor } of reply.outputs) {
    if (tensor) onDevice[name] = toDeviceTensor(tensor)
    else if (data) outputs[name] = hostTensor(type, dims, data)
  }
  return { outputs, onDevice, computeMs: reply.computeMs, replayedGraph: reply.replayedGraph }
}

export function toDeviceTensor(native: NativeDeviceTensor): DeviceTensor {
  const { type, dims, bytes } = native.describe()
  const tensor: DeviceTensor = { type, dims, bytes, [Symbol.dispose]: () => native.dispose() }
  deviceTensors.set(tensor, native)
  return tensor
}

function freeReply(reply: NativeRunReply): void {
  for (const { tensor } of reply.outputs) tensor?.dispose()
}
