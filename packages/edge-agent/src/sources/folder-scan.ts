// Files of a watched folder that are whole: seen twice with the same size and time, and a video by their content.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sniffFile } from '../capture/sniff-media.ts'

/** Files of one folder that are looked at; more waits for the next look. */
const FILES_MAX = 10_000

export interface FolderScan {
  /** Paths that have not changed since the last call and are videos, oldest name first. */
  stableVideos(): Promise<string[]>
}

export function createFolderScan(folder: string): FolderScan {
  let before = new Map<string, string>()
  return {
    async stableVideos() {
      const names = (await readdir(folder, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
      const now = new Map<string, string>()
      for (const name of names.sort().slice(0, FILES_MAX)) {
        const found = await stat(join(folder, name)).catch(() => null)
        if (found) now.set(name, `${found.size}:${found.mtimeMs}`)
      }
      const stable = [...now]
        .filter(([name, mark]) => before.get(name) === mark)
        .map(([name]) => join(folder, name))
      before = now
      const videos: string[] = []
      for (const path of stable)
        if ((await sniffFile(path).catch(() => null))?.type === 'video') videos.push(path)
      return videos
    },
  }
}
