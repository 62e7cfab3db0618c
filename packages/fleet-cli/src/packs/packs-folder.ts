// Where packs lie on this machine, and what each folder of packs holds.
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readManifest } from '@sam3-fleet/models/pack/load-pack'
import type { PackManifest } from '@sam3-fleet/models/pack/pack-manifest'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'

export type FoundPack = { dir: string } & ({ manifest: PackManifest } | { problem: string })

/** The device's data folder holds the packs that were pulled. */
export function pulledPacksDir(env: Record<string, string | undefined>): string {
  return join(env['FLEET_DATA_DIR'] ?? join(homedir(), '.cache', 'sam3_deepstream'), 'packs')
}

/** Every folder with a pack.json, by name; half-pulled ones begin with a dot and are left out. */
export async function findPacks(packsDir: string): Promise<FoundPack[]> {
  const entries = await readdir(packsDir, { withFileTypes: true }).catch(() => [])
  const dirs = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map((entry) => join(packsDir, entry.name))
    .sort()
  return Promise.all(
    dirs.map(async (dir): Promise<FoundPack> => {
      try {
        return { dir, manifest: await readManifest(dir) }
      } catch (thrown) {
        return { dir, problem: toFleetError(thrown).message }
      }
    }),
  )
}

/** What a pack can do, in words: its parts by kind. */
export function partsOf({ detector, textEncoder, imageEncoder, segmenter }: PackManifest): string {
  const parts = [
    detector && `detector ${detector.kind} (${detector.labels.length} labels)`,
    textEncoder && `text ${textEncoder.kind} (${textEncoder.space.spaceId})`,
    imageEncoder && `image ${imageEncoder.kind}`,
    segmenter && `segmenter ${segmenter.kind}`,
  ]
  return parts.filter((part) => part !== null).join(', ')
}

export function megabytes({ files }: PackManifest): string {
  return `${(files.reduce((sum, file) => sum + file.bytes, 0) / 1e6).toFixed(1)} MB`
}
