// Imports go only where layers.ts lets them: between packages, and between the folders of a package.
import { posix } from 'node:path'
import {
  isTest,
  isTypeScript,
  placeOf,
  type Finding,
  type HouseFile,
  type HouseRule,
  type Place,
} from '../house-rule.ts'
import { FOLDER_LAYERS, PACKAGE_LAYERS, WIRING_FILES } from '../layers.ts'
import { readImports, type Import } from '../read-imports.ts'

const SCOPE = '@sam3-fleet/'
/** The console's name for its own root. */
const OWN_ROOT = '@/'
/** The only files that may know the GPU. */
const GPU_FILE = /\/trt-[^/]+$/

export const importDirection: HouseRule = {
  name: 'import-direction',
  check(file) {
    const place = placeOf(file.path)
    if (!place || !isTypeScript(file.path)) return []
    const findings: Finding[] = []
    for (const found of readImports(file.text)) {
      const message = found.specifier.startsWith(SCOPE)
        ? checkPackage(file, place, found)
        : checkFolder(file, place, found)
      if (message) findings.push({ path: file.path, line: found.line, message })
    }
    return findings
  },
}

function checkPackage(file: HouseFile, from: Place, found: Import): string | undefined {
  const layer = PACKAGE_LAYERS.find((candidate) => candidate.name === from.package)
  if (!layer) return `package ${from.package} is not in scripts/lint/layers.ts`
  const target = found.specifier.slice(SCOPE.length).split('/')[0] ?? ''
  if (target === from.package) return `${found.specifier}: a package imports its own files by relative path`
  if (
    isTest(file.path) &&
    [...(layer.testsMayImport ?? []), ...(layer.mayImportTypesOf ?? [])].includes(target)
  ) {
    return undefined
  }
  if (target === 'trt-native' && !GPU_FILE.test(file.path)) return 'only trt-*.ts may import trt-native'
  if (layer.mayImport.includes(target)) return undefined
  if (layer.mayImportTypesOf?.includes(target)) {
    return found.typeOnly
      ? undefined
      : `${from.package} may take only types from ${target}: write import type`
  }
  return `${from.package} may not import ${target}`
}

function checkFolder(file: HouseFile, from: Place, found: Import): string | undefined {
  const target = resolve(file.path, found.specifier)
  if (target === undefined) return undefined
  const to = placeOf(target)
  if (to?.package !== from.package)
    return `${found.specifier} leaves the package; import it by its package name`
  if (!isTest(file.path) && isTest(target)) return `${found.specifier}: product code may not import a test`
  const layers = FOLDER_LAYERS[from.package]
  if (!layers || isTest(file.path)) return undefined

  const wiring = WIRING_FILES[from.package] ?? []
  const isWiring = from.folder === undefined
  if (to.folder === undefined) {
    return isWiring || !wiring.includes(to.inside)
      ? undefined
      : `${to.inside} wires the parts; no part imports it`
  }
  if (isWiring) return undefined
  if (to.folder === from.folder) return checkInside(from, to)
  const layer = layers.find((candidate) => candidate.folder === from.folder)
  if (!layer) return `folder ${from.folder} of ${from.package} is not in scripts/lint/layers.ts`
  if (layer.mayImport.includes(to.folder)) return undefined
  if (layer.mayImportTypesOf.includes(to.folder)) {
    return found.typeOnly
      ? undefined
      : `${from.folder} may take only types from ${to.folder}: write import type`
  }
  return `${from.folder} may not import ${to.folder}`
}

/** Inside one folder all is allowed, except from one feature of the console to another. */
function checkInside(from: Place, to: Place): string | undefined {
  if (from.package !== 'console' || from.folder !== 'features') return undefined
  const [, own] = from.inside.split('/')
  const [, other] = to.inside.split('/')
  return own === other ? undefined : `feature ${own} may not import feature ${other}`
}

/** Path from the root of what a relative (or own-root) specifier names; undefined for packages. */
function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), specifier))
  if (specifier.startsWith(OWN_ROOT))
    return `packages/${placeOf(path)?.package}/${specifier.slice(OWN_ROOT.length)}`
  return undefined
}
