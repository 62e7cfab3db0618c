// What tells one release from another: a hash of everything of ours in it, and of the lock that names everything else.
// The same sources give the same id on every machine and day, so a device knows that it has a release already.
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Hex digits that are kept: enough to tell releases apart, short enough for a person. */
const ID_LENGTH = 16

/** Of a staged folder: every file but those that npm brought. */
export function releaseId(folder: string): string {
  const hash = createHash('sha256')
  const files = globSync('**', { cwd: folder, exclude: (name) => name === 'node_modules' })
  for (const file of files.sort()) {
    if (file === 'release.json' || !statSync(join(folder, file)).isFile()) continue
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, ID_LENGTH)
}
