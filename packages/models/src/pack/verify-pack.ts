// A pack's folder compared with its pack.json: every listed file by size and sha256, and what nobody listed.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PackManifest } from './pack-manifest.ts'

/** What describes the files and therefore is not one of them. */
export const MANIFEST_FILE = 'pack.json'

export interface FileVerdict {
  /** Inside the pack, with forward slashes. */
  path: string
  /** `not listed` is harmless to a run, which reads listed files only, but nobody vouches for such a file. */
  state: 'ok' | 'missing' | 'wrong size' | 'wrong sha256' | 'not listed'
}

/** One verdict for each listed file, in the order of pack.json. Never throws for a wrong file. */
export function verifyFiles(dir: string, manifest: PackManifest): Promise<FileVerdict[]> {
  return Promise.all(
    manifest.files.map(async (file): Promise<FileVerdict> => {
      const path = join(dir, file.path)
      const found = await stat(path).catch(() => null)
      if (!found?.isFile()) return { path: file.path, state: 'missing' }
      if (found.size !== file.bytes) return { path: file.path, state: 'wrong size' }
      return { path: file.path, state: (await sha256OfFile(path)) === file.sha256 ? 'ok' : 'wrong sha256' }
    }),
  )
}

/** As verifyFiles, and a verdict for each file that lies in the folder without being listed. */
export async function verifyFolder(dir: string, manifest: PackManifest): Promise<FileVerdict[]> {
  const listed = new Set([MANIFEST_FILE, ...manifest.files.map((file) => file.path)])
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const extra = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !listed.has(path))
  return [
    ...(await verifyFiles(dir, manifest)),
    ...extra.sort().map((path): FileVerdict => ({ path, state: 'not listed' })),
  ]
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
