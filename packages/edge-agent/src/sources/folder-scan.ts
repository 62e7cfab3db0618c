// Files of a watched folder that are whole and new: seen twice with the same size and time, and a video or picture by
// their content. Each is named once; only a file that changed is named again, so that a full folder costs no reading.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { demuxerOf, sniffFile } from '../capture/sniff-media.ts'

/** Files of one folder that are looked at; more waits for the next look. */
const FILES_MAX = 10_000

export interface FolderScan {
  /**
   * Recordings that have not changed since the last call and were not named before, in the order of their names.
   * @throws what reading the folder throws
   */
  stableRecordings(): Promise<string[]>
}

export function createFolderScan(folder: string): FolderScan {
  let before = new Map<string, string>()
  const named = new Map<string, string>()
  return {
    async stableRecordings() {
      const names = (await readdir(folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
      const now = new Map<string, string>()
      for (const name of names.sort().slice(0, FILES_MAX)) {
        const found = await stat(join(folder, name)).catch(() => null)
        if (found) now.set(name, `${found.size}:${found.mtimeMs}`)
      }
      for (const name of named.keys()) if (!now.has(name)) named.delete(name)
      const fresh = [...now].filter(([name, mark]) => before.get(name) === mark && named.get(name) !== mark)
      before = now
      const recordings: string[] = []
      for (const [name, mark] of fresh) {
        named.set(name, mark)
        const path = join(folder, name)
        if (demuxerOf(await sniffFile(path).catch(() => null)) !== null) recordings.push(path)
      }
      return recordings
    },
  }
}
