// Compiles the CUDA kernels where nvcc is: machine code for the GPUs of the product and PTX for newer ones, in one file
// that the driver chooses from. Without nvcc there is none, and NVRTC or the CPU takes over at run time.
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

const FLAGS = [
  '-fatbin',
  '-std=c++17',
  '-O3',
  // No contraction into fused multiply-adds: results equal to those of the CPU's twins.
  '--fmad=false',
  // Older drivers do not know the newer compression.
  '--no-compress',
  ...MACHINE_CODE.flatMap((sm) => ['-gencode', `arch=compute_${sm},code=sm_${sm}`]),
  '-gencode',
  `arch=compute_${PTX},code=compute_${PTX}`,
]

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

/** Compiles all of `folder` into `target` unless nothing changed since. */
export async function compileKernels(nvcc: string, folder: string, target: string): Promise<void> {
  const { stdout: version } = await run(nvcc, ['--version'])
  const hash = createHash('sha256').update(JSON.stringify([version, FLAGS]))
  for (const name of readdirSync(folder).toSorted())
    hash.update(name).update(readFileSync(join(folder, name)))
  const stamp = hash.digest('hex')
  const stampPath = `${target}.stamp`
  if (existsSync(target) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return
  mkdirSync(dirname(target), { recursive: true })
  const fresh = `${target}.${process.pid}.new`
  const { stderr } = await run(nvcc, [...FLAGS, join(folder, 'sam3-kernels.cu'), '-o', fresh])
  if (stderr) process.stderr.write(stderr)
  renameSync(fresh, target)
  writeFileSync(stampPath, stamp)
}
