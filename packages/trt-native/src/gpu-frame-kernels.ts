// Work on pixels by kernels on the GPU, on a thread and a stream of their own; and the choice between GPU and CPU.
import { fileURLToPath } from 'node:url'
import { createCpuFrameKernels } from './cpu-frame-kernels.ts'
import type { FrameKernels } from './frame-kernels.ts'
import { loadAddon } from './native-addon.ts'
import { fromNativeKernels } from './native-frame-kernels.ts'
import { toTrtError, type TrtError } from './trt-error.ts'

const BINARY_PATH = fileURLToPath(new URL('../native/build/sam3-kernels.fatbin', import.meta.url))
const SOURCE_DIR = fileURLToPath(new URL('../native/kernels', import.meta.url))

export interface GpuFrameKernelsOptions {
  /** Index of the GPU; 0 when absent. */
  device?: number | undefined
  /** Folder with the driver's libraries and NVRTC, when the system's loader does not find them. */
  libraryDir?: string | undefined
  addonPath?: string | undefined
  /** Kernels compiled elsewhere; those of set-up when absent. */
  binaryPath?: string | undefined
}

/**
 * @throws TrtError UNAVAILABLE without addon, driver or GPU, and without both compiled kernels that fit and NVRTC.
 */
export async function createGpuFrameKernels(options: GpuFrameKernelsOptions = {}): Promise<FrameKernels> {
  const { device = 0, libraryDir, binaryPath = BINARY_PATH } = options
  try {
    const native = await loadAddon(options.addonPath).openKernels({
      where: 'gpu',
      device,
      binaryPath,
      sourceDir: SOURCE_DIR,
      ...(libraryDir !== undefined && { libraryDir }),
    })
    return fromNativeKernels(native, 'gpu')
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}

export interface OpenedFrameKernels {
  kernels: FrameKernels
  /** Why it is the CPU; undefined when it is the GPU. */
  reason: TrtError | undefined
}

/**
 * The GPU's where they run, else the CPU's.
 * @throws TrtError UNAVAILABLE without addon, and whatever else goes wrong on a GPU that is there.
 */
export async function openFrameKernels(options: GpuFrameKernelsOptions = {}): Promise<OpenedFrameKernels> {
  try {
    return { kernels: await createGpuFrameKernels(options), reason: undefined }
  } catch (thrown) {
    const reason = toTrtError(thrown)
    if (reason.code !== 'UNAVAILABLE') throw reason
    const { addonPath } = options
    return { kernels: await createCpuFrameKernels(addonPath === undefined ? {} : { addonPath }), reason }
  }
}
