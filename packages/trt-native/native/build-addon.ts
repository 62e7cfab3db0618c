// Compiles the addon with the machine's C++ compiler into native/build/sam3_trt.node: no node-gyp, no CUDA, no TensorRT.
// Where there is nvcc, also the CUDA kernels, into native/build.
// With `--simulator` also the stand-ins of CUDA and TensorRT that the tests run on. Without a compiler it says so, exit 1.
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildLibrary, findCompiler, sourcesIn } from './compile.ts'
import { compileAllKernels, findNvcc } from './compile-kernels.ts'
import { generateBases } from './simulator/generate-bases.ts'

const NATIVE = dirname(fileURLToPath(import.meta.url))
const BUILD = process.env['SAM3_ADDON_OUT'] ?? join(NATIVE, 'build')
const SIMULATOR = join(NATIVE, 'simulator')
const VENDOR = resolve(NATIVE, '../vendor/tensorrt-10.3')
const KERNELS = join(NATIVE, 'kernels')
const VISION_KERNELS = join(NATIVE, 'vision-kernels')
/** The CPU's twins of the kernels round as those do: no product and sum in one step, which aarch64 would else take. */
const ROUNDING = '-ffp-contract=off'
const LANGUAGE = ['-std=c++17', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra', ROUNDING]

/** Such as -fsanitize=address, for a search. */
const EXTRA = process.env['SAM3_ADDON_FLAGS']?.split(' ').filter(Boolean) ?? []
const EXTRA_LINK = EXTRA.filter((flag) => flag.startsWith('-fsanitize'))

/** For another Node than the one that runs this: its headers' folder in NODE_HEADERS. */
function findNodeHeaders(): string {
  const prefix = dirname(dirname(process.execPath))
  const candidates = [process.env['NODE_HEADERS'], join(prefix, 'include/node'), '/usr/include/node']
  const found = candidates.find((folder) => folder && existsSync(join(folder, 'node_api.h')))
  if (found) return found
  throw new Error('Node headers are missing: set NODE_HEADERS to the folder with node_api.h')
}

/** A worker thread that is being terminated runs no JavaScript: an error for it is dropped, not fatal to the process. */
const SWALLOW = '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'

async function buildAddon(compiler: string): Promise<void> {
  const addonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'))
  const defines = ['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS', SWALLOW]
  const headers = [addonApi, findNodeHeaders(), VENDOR].flatMap((folder) => ['-isystem', folder])
  await buildLibrary(compiler, {
    target: join(BUILD, 'sam3_trt.node'),
    sources: sourcesIn(NATIVE),
    headerFolders: [NATIVE, KERNELS, VISION_KERNELS, VENDOR],
    compileFlags: [...LANGUAGE, ...defines, ...headers, ...EXTRA],
    linkFlags: ['-ldl', ...EXTRA_LINK],
  })
}

async function buildSimulator(compiler: string): Promise<void> {
  const folder = join(BUILD, 'simulator')
  mkdirSync(folder, { recursive: true })
  generateBases(VENDOR, join(folder, 'simulated-bases.hpp'))
  const library = (
    name: string,
    sources: readonly string[],
    linkFlags: readonly string[],
  ): Parameters<typeof buildLibrary>[1] => ({
    target: join(folder, name),
    sources: sources.map((source) => join(SIMULATOR, source)),
    headerFolders: [folder, SIMULATOR, KERNELS, VENDOR],
    compileFlags: [
      ...LANGUAGE,
      '-I',
      folder,
      '-I',
      SIMULATOR,
      '-isystem',
      VENDOR,
      '-Wno-deprecated-declarations',
      '-Wno-unused-parameter',
      ...EXTRA,
    ],
    linkFlags: [...linkFlags, ...EXTRA_LINK],
  })
  await buildLibrary(compiler, library('libcuda.so.1', ['simulated-cuda.cpp', 'simulated-kernels.cpp'], []))
  const besideIt = ['-L', folder, '-l:libcuda.so.1', '-Wl,-rpath,$ORIGIN']
  const halves = ['simulated-runtime.cpp', 'simulated-builder.cpp']
  await buildLibrary(compiler, library('libnvinfer.so.10', halves, besideIt))
  await buildLibrary(compiler, library('libnvonnxparser.so.10', ['simulated-parser.cpp'], besideIt))
}

/** An old nvcc is no reason to go without the rest. */
function sayWithoutKernels(thrown: unknown): void {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  process.stderr.write(`trt-native: goes without compiled kernels, since nvcc failed: ${reason}\n`)
}

async function main(): Promise<void> {
  const compiler = await findCompiler()
  await buildAddon(compiler)
  const nvcc = await findNvcc()
  if (nvcc) await compileAllKernels(nvcc, NATIVE, BUILD).catch(sayWithoutKernels)
  if (process.argv.includes('--simulator')) await buildSimulator(compiler)
}

main().catch((thrown: unknown) => {
  process.stderr.write(`trt-native: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 1
})
