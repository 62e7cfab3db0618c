// Compiles the CUDA kernels alone into native/build/sam3-kernels.fatbin: for a host whose addon was built elsewhere.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileKernels, findNvcc } from './compile-kernels.ts'

const NATIVE = dirname(fileURLToPath(import.meta.url))

const nvcc = await findNvcc()
if (nvcc) {
  await compileKernels(nvcc, join(NATIVE, 'kernels'), join(NATIVE, 'build/sam3-kernels.fatbin'))
} else {
  process.stderr.write('trt-native: nvcc is missing (on a Jetson: cuda-toolkit); NVCC names another\n')
  process.exitCode = 1
}
