// Compiles the CUDA kernels where nvcc is, each unit into one file: machine code for the GPUs of the product and, of what
// newer ones can run, PTX, that the driver chooses from. Without nvcc there is none, and NVRTC or the CPU takes over at run time.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Orin and Hopper. */
const MACHINE_CODE = ['87', '90']
/** What the driver compiles for any newer GPU by itself. */
const PTX = '80'

const COMMON = [
  '-fatbin',
  '-std=c++17',
  '-O3',
  // Older drivers do not know the newer compression.
  '--no-compress',
]

interface KernelUnit {
  /** In the folder of the sources; includes the others. */
  readonly source: string
  readonly flags: readonly string[]
}

/** Work on pixels, boxes and masks. */
const FRAME_KERNELS: KernelUnit = {
  source: 'sam3-kernels.cu',
  flags: [
    ...COMMON,
    // No contraction into fused multiply-adds: results equal to those of the CPU's twins.
    '--fmad=false',
    ...MACHINE_CODE.flatMap((sm) => ['-gencode', `arch=compute_${sm},code=sm_${sm}`]),
    '-gencode',
    `arch=compute_${PTX},code=compute_${PTX}`,
  ],
}

/** The attention of SAM3's queries on the picture. */
const DECODER_KERNELS: KernelUnit = {
  source: 'sam3-decoder.cu',
  flags: [
    ...COMMON,
    ...MACHINE_CODE.flatMap((sm) => ['-gencode', `arch=compute_${sm},code=sm_${sm}`]),
    '-gencode',
    `arch=compute_${PTX},code=compute_${PTX}`,
  ],
}

/** Layers of SAM3's vision encoder, in instructions that only Hopper has. */
const VISION_KERNELS: KernelUnit = {
  source: 'sam3-vision.cu',
  flags: [...COMMON, '-gencode', 'arch=compute_90a,code=sm_90a'],
}

/** `NVCC`, else the one in PATH, else that of the toolkit's own folder; undefined where there is none. */
export async function findNvcc(): Promise<string | undefined> {
  for (const nvcc of [process.env['NVCC'], 'nvcc', '/usr/local/cuda/bin/nvcc']) {
    if (!nvcc) continue
    const isThere = await run(nvcc, ['--version']).then(
      () => true,
      () => false,
    )
    if (isThere) return nvcc
  }
  return undefined
}

/** Compiles `unit`, whose files are those of `folder`, into `target` unless nothing changed since. */
async function compileKernels(
  nvcc: string,
  { source, flags }: KernelUnit,
  { folder, target }: { folder: string; target: string },
): Promise<void> {
  const { stdout: version } = await run(nvcc, ['--version'])
  const hash = createHash('sha256').update(JSON.stringify([version, flags]))
  for (const name of readdirSync(folder).toSorted())
    hash.update(name).update(readFileSync(join(folder, name)))
  const stamp = hash.digest('hex')
  const stampPath = `${target}.stamp`
  if (existsSync(target) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return
  mkdirSync(dirname(target), { recursive: true })
  const fresh = `${target}.${process.pid}.new`
  const { stderr } = await run(nvcc, [...flags, join(folder, source), '-o', fresh])
  if (stderr) process.stderr.write(stderr)
  renameSync(fresh, target)
  writeFileSync(stampPath, stamp)
}

/** Every unit of the folder `native` into `build`. */
export async function compileAllKernels(nvcc: string, native: string, build: string): Promise<void> {
  await compileKernels(nvcc, FRAME_KERNELS, {
    folder: join(native, 'kernels'),
    target: join(build, 'sam3-kernels.fatbin'),
  })
  await compileKernels(nvcc, VISION_KERNELS, {
    folder: join(native, 'vision-kernels'),
    target: join(build, 'sam3-vision.fatbin'),
  })
  await compileKernels(nvcc, DECODER_KERNELS, {
    folder: join(native, 'vision-kernels'),
    target: join(build, 'sam3-decoder.fatbin'),
  })
}
