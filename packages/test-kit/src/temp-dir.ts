// A folder of one test's own, removed with everything in it when the test leaves its scope.
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempDir extends AsyncDisposable {
  readonly path: string
}

/** Services such as PostgreSQL refuse to run as root; root hands them the folder of this user. */
export interface Owner {
  uid: number
  gid: number
}

/** Debian's and Ubuntu's `nobody:nogroup`. */
const NOBODY: Owner = { uid: 65534, gid: 65534 }

/** Whom a service must run as here: `nobody` when the tests run as root, else nobody special. */
export function unprivilegedOwner(): Owner | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined
}

export async function createTempDir(name = 'test', owner?: Owner): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `sam3-fleet-${name}-`))
  if (owner) await chown(path, owner.uid, owner.gid)
  return {
    path,
    // A service that was just killed may still write for a moment.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  }
}
