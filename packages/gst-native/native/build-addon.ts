// Compiles the addon with the machine's C++ compiler into native/build/sam3_gst.node against GStreamer's own
// headers, and beside it libsam3_nanodet.so for DeepStream's nvinfer. The headers are those that pkg-config names, or those unpacked in GSTREAMER_HEADERS. Without them it says so and exits with 1.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NATIVE = dirname(fileURLToPath(import.meta.url))
const BUILD = process.env['SAM3_GST_OUT'] ?? join(NATIVE, 'build')
/** What nvinfer loads to read a detector that it does not know: no Node in it. */
const PARSER = 'deepstream/nanodet-parser.cpp'
const LANGUAGE = ['-std=c++17', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra']
const NODE_API = ['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS']
/** A worker thread that is being terminated runs no JavaScript: an error for it is dropped, not fatal to the process. */
const SWALLOW = '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'
const MODULES = ['gstreamer-1.0', 'gstreamer-app-1.0', 'gstreamer-video-1.0']
/** By their names at run time: the links that development packages bring are not needed. */
const LIBRARIES = ['gstapp-1.0', 'gstvideo-1.0', 'gstreamer-1.0', 'gobject-2.0', 'glib-2.0'].map(
  (name) => `-l:lib${name}.so.0`,
)

/** For another Node than the one that runs this: its headers' folder in NODE_HEADERS. */
function findNodeHeaders(): string {
  const prefix = dirname(dirname(process.execPath))
  const candidates = [process.env['NODE_HEADERS'], join(prefix, 'include/node'), '/usr/include/node']
  const found = candidates.find((folder) => folder && existsSync(join(folder, 'node_api.h')))
  if (found) return found
  throw new Error('Node headers are missing: set NODE_HEADERS to the folder with node_api.h')
}

async function gstreamerFlags(): Promise<string[]> {
  const unpacked = process.env['GSTREAMER_HEADERS']
  if (unpacked) {
    const libraries = join(unpacked, 'lib')
    // glibconfig.h lies in the folder of the architecture.
    const [machine] = readdirSync(libraries).filter((name) => existsSync(join(libraries, name, 'glib-2.0')))
    return [
      ['-isystem', join(unpacked, 'include/gstreamer-1.0')],
      ['-isystem', join(unpacked, 'include/glib-2.0')],
      ['-isystem', join(libraries, machine ?? '', 'glib-2.0/include')],
    ].flat()
  }
  const { stdout } = await run('pkg-config', ['--cflags', ...MODULES]).catch(() => {
    throw new Error(
      'GStreamer headers are missing (Debian: apt-get install libgstreamer-plugins-base1.0-dev); without the addon video goes through FFmpeg',
    )
  })
  return stdout
    .trim()
    .replaceAll(/(^|\s)-I/g, '$1-isystem ')
    .split(/\s+/)
}

interface Library {
  name: string
  sources: readonly string[]
  options: readonly string[]
}

async function compile({ name, sources, options }: Library): Promise<void> {
  const target = join(BUILD, name)
  const fresh = `${target}.${process.pid}.new`
  const { stderr } = await run(process.env['CXX'] ?? 'g++', [
    ...LANGUAGE,
    ...(process.env['SAM3_GST_FLAGS']?.split(' ').filter(Boolean) ?? []),
    ...(await gstreamerFlags()),
    '-shared',
    '-pthread',
    ...sources.map((source) => join(NATIVE, source)),
    ...options,
    '-o',
    fresh,
  ])
  if (stderr) process.stderr.write(stderr)
  // Moved into place, not overwritten: a process that has the old one open keeps it.
  renameSync(fresh, target)
}

async function main(): Promise<void> {
  const addonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'))
  const headers = [addonApi, findNodeHeaders()].flatMap((folder) => ['-isystem', folder])
  const sourcesIn = (folder: string): string[] =>
    readdirSync(join(NATIVE, folder))
      .filter((name) => name.endsWith('.cpp'))
      .map((name) => join(folder, name))
  mkdirSync(BUILD, { recursive: true })
  await compile({
    name: 'sam3_gst.node',
    sources: [...sourcesIn('.'), ...sourcesIn('deepstream')],
    options: [...NODE_API, SWALLOW, ...headers, ...LIBRARIES, '-ldl'],
  })
  await compile({ name: 'libsam3_nanodet.so', sources: [PARSER], options: [] })
}

main().catch((thrown: unknown) => {
  process.stderr.write(`gst-native: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 1
})
