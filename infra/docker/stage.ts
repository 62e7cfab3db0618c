// Puts together what one image runs: node stage.ts FOLDER PACKAGE... takes the built packages with what they read at run
// time, and exactly those npm packages that the lock names for them; no sources, no tools of development.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

interface Manifest {
  devDependencies?: Record<string, string>
  [field: string]: unknown
}

/** Of a package, what no image runs. */
const NOT_RUN = ['src', 'node_modules', '.turbo', 'gpu', 'tsconfig.json', 'tsconfig.build.json']
/** onnxruntime-node brings its libraries for every system in one package. */
const ONNX_BINARIES = 'node_modules/onnxruntime-node/bin/napi-v*/*/*'

const [target, ...packages] = process.argv.slice(2)
if (!target || packages.length === 0) {
  process.stderr.write('usage: stage.ts FOLDER PACKAGE...\n')
  process.exit(2)
}
const root = resolve(import.meta.dirname, '../..')
const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest
const writeManifest = (path: string, manifest: Manifest): void =>
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)

mkdirSync(target, { recursive: true })
for (const name of packages) {
  const to = join(target, 'packages', name)
  cpSync(join(root, 'packages', name), to, {
    recursive: true,
    filter: (from) => !NOT_RUN.some((part) => from === join(root, 'packages', name, part)),
  })
  const { devDependencies: _, ...manifest } = readManifest(join(to, 'package.json'))
  writeManifest(join(to, 'package.json'), manifest)
}
const { devDependencies: _, scripts: __, ...manifest } = readManifest(join(root, 'package.json'))
writeManifest(join(target, 'package.json'), {
  ...manifest,
  workspaces: packages.map((name) => `packages/${name}`),
})
for (const file of ['package-lock.json', '.npmrc', 'LICENSE']) cpSync(join(root, file), join(target, file))
execFileSync(
  'npm',
  ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  {
    cwd: target,
    stdio: 'inherit',
  },
)
for (const folder of globSync(ONNX_BINARIES, { cwd: target })) {
  if (!folder.endsWith(`/${process.platform}/${process.arch}`))
    rmSync(join(target, folder), { recursive: true })
}
if (existsSync(join(target, 'node_modules/faiss-node')))
  mkdirSync(join(target, 'node_modules/faiss-node/build/Release'), { recursive: true })
