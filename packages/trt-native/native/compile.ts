// Calls the C++ compiler for the addon and for its simulator: finds it, runs it on several files at once, and skips all of
// that when no input changed since.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** More compilers at once than this take more memory than a small machine has. */
const JOBS_MAX = 4

export interface Library {
  target: string
  sources: readonly string[]
  /** Folders whose headers count as inputs. */
  headerFolders: readonly string[]
  compileFlags: readonly string[]
  linkFlags: readonly string[]
}

export async function findCompiler(): Promise<string> {
  const compiler = process.env['CXX'] ?? 'g++'
  await run(compiler, ['--version']).catch(() => {
    throw new Error(
      `the C++ compiler ${compiler} is missing (Debian: apt-get install g++); without the addon all but TensorRT works`,
    )
  })
  return compiler
}

/** Compiles and links `library` unless its stamp says that nothing changed. */
export async function buildLibrary(compiler: string, library: Library): Promise<void> {
  const { target, linkFlags } = library
  const stamp = inputsHash(library, [compiler, process.version, process.arch])
  const stampPath = `${target}.stamp`
  if (existsSync(target) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return
  mkdirSync(dirname(target), { recursive: true })
  const objects = await compileAll(compiler, library)
  const fresh = `${target}.${process.pid}.new`
  await run(compiler, ['-shared', '-pthread', ...objects, ...linkFlags, '-o', fresh])
  // Moved into place, not overwritten: a process that has the old one open keeps it.
  renameSync(fresh, target)
  writeFileSync(stampPath, stamp)
  for (const object of objects) rmSync(object)
}

export function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(folder, name))
    .toSorted()
}

function inputsHash({ sources, headerFolders, compileFlags, linkFlags }: Library, words: string[]): string {
  const headers = headerFolders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(hpp|h|cu)$/.test(name))
      .map((name) => join(folder, name)),
  )
  const hash = createHash('sha256').update(JSON.stringify([words, compileFlags, linkFlags]))
  for (const path of [...sources, ...headers.toSorted()])
    hash.update(basename(path)).update(readFileSync(path))
  return hash.digest('hex')
}

async function compileAll(compiler: string, { target, sources, compileFlags }: Library): Promise<string[]> {
  const waiting = [...sources]
  const objects: string[] = []
  const worker = async (): Promise<void> => {
    for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
      const object = join(dirname(target), `${basename(source)}.${process.pid}.o`)
      const { stderr } = await run(compiler, [...compileFlags, '-c', source, '-o', object])
      if (stderr) process.stderr.write(stderr)
      objects.push(object)
    }
  }
  await Promise.all(Array.from({ length: Math.min(JOBS_MAX, availableParallelism()) }, worker))
  return objects
}
