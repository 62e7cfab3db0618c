// Bytes of the files of one folder.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** 0 for a folder that is not there; a file that goes meanwhile counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
