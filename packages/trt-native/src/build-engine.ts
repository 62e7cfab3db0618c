// ONNX in, a TensorRT plan out: minutes of work on threads of the addon, with progress, cancelled by an AbortSignal.
import { z } from 'zod'
import { loadAddon, type NativeBuildOptions } from './native-addon.ts'
import { toTrtError, TrtError } from './trt-error.ts'

export const PRECISIONS = ['fp32', 'fp16', 'bf16', 'int8', 'fp8', 'as-exported'] as const

/**
 * What TensorRT may compute in. int8 and fp8 need a graph with quantization nodes and fall back to fp16 around them;
 * `as-exported` takes every type exactly as the graph has it (strong typing).
 */
export type Precision = (typeof PRECISIONS)[number]

const FLAGS: Record<Precision, readonly string[]> = {
  fp32: [],
  fp16: ['fp16'],
  bf16: ['bf16'],
  int8: ['int8', 'fp16'],
  fp8: ['fp8', 'fp16'],
  'as-exported': [],
}

const dims = z.array(z.int().min(1)).max(8)

export const buildOptionsSchema = z.strictObject({
  onnxPath: z.string().min(1),
  precision: z.enum(PRECISIONS),
  profile: z
    .record(z.string(), z.strictObject({ min: dims, opt: dims, max: dims }))
    .default({})
    .describe('shapes of every input with free sizes: smallest, usual, largest'),
  workspaceBytes: z.int().min(0).default(0).describe('0: as much as the GPU has'),
  optimizationLevel: z.int().min(0).max(5).default(3).describe('how long TensorRT searches'),
  detailedLayers: z.boolean().default(false).describe('keep the names of layers, for inspect()'),
  threads: z.int().min(0).max(256).default(0),
  device: z.int().min(0).max(64).default(0).describe('index of the GPU'),
  libraryDir: z.string().optional().describe("folder with TensorRT's libraries"),
  addonPath: z.string().optional(),
})

export type BuildOptions = z.input<typeof buildOptionsSchema>

export interface BuildProgress {
  phase: string
  /** 0 to 1 within the phase. */
  done: number
}

export interface BuildHooks {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: BuildProgress) => void) | undefined
  /** Kernel timings of an earlier build on this GPU: shortens this one. */
  timingCache?: Uint8Array | undefined
}

export interface BuiltEngine {
  plan: Uint8Array
  timingCache: Uint8Array
}

/**
 * @throws TrtError INVALID_INPUT, PACK_INVALID when the graph cannot be read or built, GPU_MEMORY_SHORT, CANCELLED,
 *   UNAVAILABLE without GPU, TensorRT or its builder.
 */
export async function buildEngine(options: BuildOptions, hooks: BuildHooks = {}): Promise<BuiltEngine> {
  const parsed = buildOptionsSchema.safeParse(options)
  if (!parsed.success) throw new TrtError('INVALID_INPUT', z.prettifyError(parsed.error))
  const { signal, onProgress, timingCache } = hooks
  if (signal?.aborted) throw new TrtError('CANCELLED', 'the build was cancelled before it began')
  try {
    const addon = loadAddon(parsed.data.addonPath)
    const build = addon.buildEngine(toNative(parsed.data, timingCache), (phase, step, steps) =>
      onProgress?.({ phase, done: steps > 0 ? Math.min(1, step / steps) : 0 }),
    )
    const cancel = (): void => build.cancel()
    signal?.addEventListener('abort', cancel)
    const built = await build.done.finally(() => signal?.removeEventListener('abort', cancel))
    return { plan: new Uint8Array(built.plan), timingCache: new Uint8Array(built.timingCache) }
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}

function toNative(
  { precision, profile, libraryDir, addonPath: _addonPath, ...rest }: z.output<typeof buildOptionsSchema>,
  timingCache: Uint8Array | undefined,
): NativeBuildOptions {
  return {
    ...rest,
    precisions: [...FLAGS[precision]],
    stronglyTyped: precision === 'as-exported',
    profile: Object.entries(profile).map(([name, range]) => ({ name, ...range })),
    ...(libraryDir === undefined ? {} : { libraryDir }),
    ...(timingCache === undefined ? {} : { timingCache }),
  }
}
