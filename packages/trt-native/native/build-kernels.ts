// Compiles the CUDA kernels alone into native/build: for a host whose addon was built elsewhere.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileAllKernels, findNvcc } from './compile-kernels.ts'

const NATIVE = dirname(fileURLToPath(import.meta.url))

const nvcc = await findNvcc()
if (nvcc) {
  await compileAllKernels(nvcc, NATIVE, join(NATIVE, 'build'))
} else {
  process.stderr.write('trt-native: nvcc is missing (on a Jetson: cuda-toolkit); NVCC names another\n')
  process.exitCode = 1
}
