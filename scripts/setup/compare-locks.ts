// Whether two package-lock.json say the same of what is installed here: node compare-locks.ts BEFORE AFTER.
// A registry's mirror may lack binaries of other platforms today and have them tomorrow, and npm writes into the lock which
// ones it met. So optional packages may come and go; everything else stands as it was. Exit status 1 and one line for each
// difference that counts.
import { readFileSync } from 'node:fs'

interface LockedPackage {
  version?: string
  integrity?: string
  optional?: boolean
  devOptional?: boolean
  link?: boolean
  resolved?: string
}

function readLock(path: string): Map<string, LockedPackage> {
  // Written by npm itself and checked into this repository: its shape is npm's (lockfileVersion 3).
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockedPackage> }
  return new Map(Object.entries(lock.packages))
}

function isOptional({ optional, devOptional }: LockedPackage): boolean {
  return optional === true || devOptional === true
}

function identity({ version, integrity, link, resolved }: LockedPackage): string {
  return [version ?? '', integrity ?? '', link === true ? (resolved ?? '') : ''].join(' ')
}

/** One line for each package that is another one, or that is there in one lock only without being optional. */
export function lockDifferences(
  before: ReadonlyMap<string, LockedPackage>,
  after: ReadonlyMap<string, LockedPackage>,
): string[] {
  const differences: string[] = []
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path), after.get(path)]
    const either = was ?? is
    if (was && is) {
      if (identity(was) !== identity(is)) differences.push(`${path}: ${identity(was)} became ${identity(is)}`)
    } else if (either && !isOptional(either)) {
      differences.push(`${path}: ${was ? 'gone' : 'new'}`)
    }
  }
  return differences
}

if (import.meta.main) {
  const [before, after] = process.argv.slice(2)
  if (before === undefined || after === undefined) throw new Error('usage: compare-locks.ts BEFORE AFTER')
  const differences = lockDifferences(readLock(before), readLock(after))
  for (const line of differences) console.log(line)
  if (differences.length > 0) process.exitCode = 1
}
