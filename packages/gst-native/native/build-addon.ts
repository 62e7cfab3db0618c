// Compiles the addon with the machine's C++ compiler into native/build/sam3_gst.node against GStreamer's own headers:
// those that pkg-config names, or those unpacked in GSTREAMER_HEADERS. Without them it says so and exits with 1.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NATIVE = dirname(fileURLToPath(import.meta.url))
const TARGET = process.env['SAM3_GST_OUT'] ?? join(NATIVE, 'build/sam3_gst.node')
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

async function main(): Promise<void> {
  const compiler = process.env['CXX'] ?? 'g++'
  const addonApi = dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json'))
  const headers = [addonApi, findNodeHeaders()].flatMap((folder) => ['-isystem', folder])
  const sources = readdirSync(NATIVE).filter((name) => name.endsWith('.cpp'))
  mkdirSync(dirname(TARGET), { recursive: true })
  const fresh = `${TARGET}.${process.pid}.new`
  const { stderr } = await run(compiler, [
    ...LANGUAGE,
    ...NODE_API,
    SWALLOW,
    ...(process.env['SAM3_GST_FLAGS']?.split(' ').filter(Boolean) ?? []),
    ...headers,
    ...(await gstreamerFlags()),
    '-shared',
    '-pthread',
    ...sources.map((name) => join(NATIVE, name)),
    ...LIBRARIES,
    '-o',
    fresh,
  ])
  if (stderr) process.stderr.write(stderr)
  // Moved into place, not overwritten: a process that has the old one open keeps it.
  renameSync(fresh, TARGET)
}

main().catch((thrown: unknown) => {
  process.stderr.write(`gst-native: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 1
})
