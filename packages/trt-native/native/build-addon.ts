// Compiles the addon with the machine's C++ compiler into native/build/sam3_trt.node: no node-gyp, no CUDA, no TensorRT.
// Does nothing when no source changed since; without a compiler or Node's headers it says so and exits 1.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NATIVE = dirname(fileURLToPath(import.meta.url))
const BUILD = join(NATIVE, 'build')
const TARGET = join(BUILD, 'sam3_trt.node')
const STAMP = join(BUILD, 'stamp')
const VENDOR = resolve(NATIVE, '../vendor/tensorrt-10.3')
/** More compilers at once than this take more memory than a small machine has. */
const JOBS_MAX = 4

/** For another Node than the one that runs this: its headers' folder in NODE_HEADERS. */
function findNodeHeaders(): string {
  const prefix = dirname(dirname(process.execPath))
  const candidates = [process.env['NODE_HEADERS'], join(prefix, 'include/node'), '/usr/include/node']
  const found = candidates.find((folder) => folder && existsSync(join(folder, 'node_api.h')))
  if (found) return found
  throw new Error('Node headers are missing: set NODE_HEADERS to the folder with node_api.h')
}

function flags(): string[] {
  const addonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'))
  const language = ['-std=c++17', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra']
  const defines = ['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS']
  const headers = [addonApi, findNodeHeaders(), VENDOR].flatMap((folder) => ['-isystem', folder])
  const extra = process.env['SAM3_ADDON_FLAGS']?.split(' ').filter(Boolean) ?? []
  return [...language, ...defines, ...headers, ...extra]
}

function sourcesHash(words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words))
  for (const folder of [NATIVE, VENDOR]) {
    for (const name of readdirSync(folder).toSorted()) {
      if (/\.(cpp|hpp|h)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)))
    }
  }
  return hash.digest('hex')
}

async function compileAll(compiler: string, options: readonly string[]): Promise<string[]> {
  const sources = readdirSync(NATIVE).filter((name) => name.endsWith('.cpp'))
  const objects: string[] = []
  const worker = async (): Promise<void> => {
    for (let source = sources.pop(); source !== undefined; source = sources.pop()) {
      const object = join(BUILD, `${source}.o`)
      const { stderr } = await run(compiler, [...options, '-c', join(NATIVE, source), '-o', object])
      if (stderr) process.stderr.write(stderr)
      objects.push(object)
    }
  }
  await Promise.all(Array.from({ length: Math.min(JOBS_MAX, availableParallelism()) }, worker))
  return objects
}

async function main(): Promise<void> {
  const compiler = process.env['CXX'] ?? 'g++'
  await run(compiler, ['--version']).catch(() => {
    throw new Error(
      `the C++ compiler ${compiler} is missing (Debian: apt-get install g++); without the addon all but TensorRT works`,
    )
  })
  const options = flags()
  const stamp = sourcesHash([compiler, process.version, process.arch, ...options])
  if (existsSync(TARGET) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return
  mkdirSync(BUILD, { recursive: true })
  const objects = await compileAll(compiler, options)
  const sanitizers = options.filter((option) => option.startsWith('-fsanitize'))
  await run(compiler, ['-shared', '-pthread', ...sanitizers, ...objects, '-ldl', '-o', `${TARGET}.new`])
  // Moved into place, not overwritten: a process that has the old one open keeps it.
  renameSync(`${TARGET}.new`, TARGET)
  writeFileSync(STAMP, stamp)
  for (const object of objects) rmSync(object)
}

main().catch((thrown: unknown) => {
  process.stderr.write(`trt-native: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 1
})
