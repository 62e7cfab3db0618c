// Work on pixels by the CPU's twins of the kernels, on a thread of the addon's own: for machines without CUDA, and what the
// kernels of the GPU are compared with.
import type { FrameKernels } from './frame-kernels.ts'
import { loadAddon } from './native-addon.ts'
import { fromNativeKernels } from './native-frame-kernels.ts'
import { toTrtError } from './trt-error.ts'

/** @throws TrtError UNAVAILABLE when the addon is not compiled here. */
export async function createCpuFrameKernels(options: { addonPath?: string } = {}): Promise<FrameKernels> {
  try {
    const native = await loadAddon(options.addonPath).openKernels({ where: 'cpu' })
    return fromNativeKernels(native, 'cpu')
  } catch (thrown) {
    throw toTrtError(thrown)
  }
}
