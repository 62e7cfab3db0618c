// Our packages that a device runs, each after those that it needs: what the agent and the command line name, and so on.
// As a program it prints their folders, one a line.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const SCOPE = '@sam3-fleet/'
/** What the service and its person start. */
const STARTED = ['edge-agent', 'fleet-cli']

interface Dependencies {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** `forCompiling` adds what only their test fixtures name, for these are compiled with them. */
export function devicePackages({ forCompiling }: { forCompiling: boolean }): string[] {
  const folders: string[] = []
  function visit(folder: string, path: readonly string[]): void {
    if (folders.includes(folder) || path.includes(folder)) return
    const text = readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8')
    const { dependencies, devDependencies } = JSON.parse(text) as Dependencies
    const names = Object.keys({ ...dependencies, ...(forCompiling && devDependencies) })
    for (const name of names.filter((candidate) => candidate.startsWith(SCOPE)))
      visit(name.slice(SCOPE.length), [...path, folder])
    folders.push(folder)
  }
  for (const folder of STARTED) visit(folder, [])
  return folders
}

if (import.meta.main)
  process.stdout.write(
    `${devicePackages({ forCompiling: process.argv.includes('--for-compiling') }).join('\n')}\n`,
  )
