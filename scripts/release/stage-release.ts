// Puts together what a device runs: node stage-release.ts --out FOLDER [--cpu arm64|x64] [--build FOLDER].
// Out comes packages/*/dist with what they read at run time, the production packages of npm for that processor, and the
// sources of the native parts, which are compiled where they run. Nothing of tests, tools of development or the centre.
// `--build` compiles in a folder of its own first, for a fresh clone; without it what turbo just built is taken.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { devicePackages } from './device-packages.ts'
import { releaseId } from './release-id.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const DEVICE_PACKAGES = devicePackages({ forCompiling: false })
const FOR_COMPILING = devicePackages({ forCompiling: true })
/** Of a package, what a device does not run. */
const NOT_RUN = new Set(['src', 'node_modules', '.turbo', 'gpu', 'tsconfig.json', 'tsconfig.build.json'])
/** Beside the packages: the parts of set-up that compile faiss-node, and the installer with its own parts. */
const BESIDE = [
  'LICENSE',
  'install_jetson.sh',
  'infra/jetson',
  'scripts/release/ask-agent.ts',
  'scripts/setup/faiss.sh',
  'scripts/setup/compat.h',
]
/** Optional: there once a checkpoint can be turned into a pack. */
const BESIDE_IF_THERE = ['tools/sam3-export', 'infra/docker-compose.jetson.yml']

interface Manifest {
  name: string
  version: string
  workspaces?: string[]
  devDependencies?: Record<string, string>
  [field: string]: unknown
}

const { values: given } = parseArgs({
  options: {
    out: { type: 'string' },
    cpu: { type: 'string', default: process.arch },
    build: { type: 'string' },
  },
})
if (!given.out || !['arm64', 'x64'].includes(given.cpu)) {
  process.stderr.write('usage: stage-release.ts --out FOLDER [--cpu arm64|x64] [--build FOLDER]\n')
  process.exit(2)
}
const out = resolve(given.out)

const say = (what: string): void => void process.stdout.write(`stage: ${what}\n`)
const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest
const writeJson = (path: string, value: unknown): void =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Root manifest, lock and npm settings: the lock decides each version, also of a part of the workspace. */
function copyRoot(target: string, packages: readonly string[]): void {
  mkdirSync(target, { recursive: true })
  const { name, version, type, license, overrides, allowScripts, devDependencies } = readManifest(
    join(ROOT, 'package.json'),
  )
  const isForCompiling = packages === FOR_COMPILING
  writeJson(join(target, 'package.json'), {
    name,
    version,
    private: true,
    type,
    license,
    workspaces: packages.map((folder) => `packages/${folder}`),
    ...(isForCompiling && { devDependencies: pick(devDependencies, ['typescript', '@types/node']) }),
    overrides,
    allowScripts,
  })
  for (const file of ['package-lock.json', '.npmrc']) cpSync(join(ROOT, file), join(target, file))
}

function pick(from: Record<string, string> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}

function installPackages(target: string, options: readonly string[]): void {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  run('npm', ['install', ...quiet, ...options], target)
}

/** Compiles from the sources in a folder apart, so that a checkout is left as it is; answers where dist lies. */
function compile(target: string): string {
  say('compiling')
  copyRoot(target, FOR_COMPILING)
  cpSync(join(ROOT, 'tsconfig.base.json'), join(target, 'tsconfig.base.json'))
  for (const folder of FOR_COMPILING) {
    const from = join(ROOT, 'packages', folder)
    mkdirSync(join(target, 'packages', folder), { recursive: true })
    for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src'])
      cpSync(join(from, name), join(target, 'packages', folder, name), { recursive: true })
  }
  installPackages(target, ['--include=dev'])
  for (const folder of FOR_COMPILING)
    run(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', `packages/${folder}/tsconfig.build.json`],
      target,
    )
  return target
}

function copyPackages(compiled: string): void {
  for (const folder of DEVICE_PACKAGES) {
    const [from, to] = [join(ROOT, 'packages', folder), join(out, 'packages', folder)]
    mkdirSync(to, { recursive: true })
    for (const name of readdirSync(from)) {
      if (NOT_RUN.has(name) || name === 'dist' || name.endsWith('.tsbuildinfo')) continue
      cpSync(join(from, name), join(to, name), {
        recursive: true,
        // What a machine compiled for itself would not load on another one.
        filter: (path) => !path.endsWith('/native/build') && !path.endsWith('.test.ts'),
      })
    }
    cpSync(join(compiled, 'packages', folder, 'dist'), join(to, 'dist'), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|map)$/.test(path) && !/\/dist\/testing(\/|$)/.test(path),
    })
    const { devDependencies: _, ...manifest } = readManifest(join(from, 'package.json'))
    writeJson(join(to, 'package.json'), manifest)
  }
  for (const path of [...BESIDE, ...BESIDE_IF_THERE.filter((name) => existsSync(join(ROOT, name)))])
    cpSync(join(ROOT, path), join(out, path), {
      recursive: true,
      filter: (file) => !/\/(tests?|__pycache__)$/.test(file),
    })
}

/** npm's packages carry binaries for other systems: 240 MB of them that this device can never load. */
function removeForeignBinaries(cpu: string): void {
  const runtimes = globSync('node_modules/onnxruntime-node/bin/napi-v*/*/*', { cwd: out })
  for (const path of runtimes) if (!path.endsWith(`/linux/${cpu}`)) remove(path)
  const prebuilds = globSync('node_modules/better-sqlite3/prebuilds/*', { cwd: out })
  for (const path of prebuilds) if (!path.endsWith(`/linux-${cpu}.node`)) remove(path)
  for (const path of globSync('node_modules/{faiss-node,better-sqlite3}/deps', { cwd: out })) remove(path)
}

const remove = (path: string): void => rmSync(join(out, path), { recursive: true, force: true })

rmSync(out, { recursive: true, force: true })
const compiled = given.build ? compile(resolve(given.build)) : ROOT
say(`copying packages for linux ${given.cpu}`)
copyRoot(out, DEVICE_PACKAGES)
copyPackages(compiled)
say('installing production packages of npm')
installPackages(out, ['--omit=dev', '--os=linux', '--libc=glibc', `--cpu=${given.cpu}`])
removeForeignBinaries(given.cpu)
const { version } = readManifest(join(ROOT, 'package.json'))
writeJson(join(out, 'release.json'), { version, id: releaseId(out), cpu: given.cpu })
say(`ready in ${out}`)
