// Reads a pack's folder into its manifest and proves that every file is what the manifest says.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { packManifestSchema, type PackManifest } from './pack-manifest.ts'

export interface LoadedPack {
  dir: string
  manifest: PackManifest
}

/** The pack that comes with the product: works offline on any CPU. */
export const DEFAULT_PACK_DIR = fileURLToPath(new URL('../../packs/default', import.meta.url))

/** @throws FleetError PACK_INVALID when pack.json is missing or does not have the documented form. */
export async function readManifest(dir: string): Promise<PackManifest> {
  const path = join(dir, 'pack.json')
  let raw: unknown
  try {
    raw = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new FleetError('PACK_INVALID', `${path} cannot be read`, {
      hint: 'Give the folder of a model pack; "fleet packs list" shows those that are here.',
      cause,
    })
  }
  const parsed = packManifestSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new FleetError('PACK_INVALID', `${path}: ${issue?.path.join('.')} ${issue?.message}`, {
    hint: 'docs/model-packs.md has the form of pack.json.',
    cause: parsed.error,
  })
}

export interface FileVerdict {
  path: string
  state: 'ok' | 'missing' | 'wrong size' | 'wrong sha256'
}

/** Compares every file with its size and sha256. Never throws for a wrong file: the verdicts say it. */
export async function verifyFiles(dir: string, manifest: PackManifest): Promise<FileVerdict[]> {
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

/** Reads and verifies a pack. @throws FleetError PACK_INVALID naming the first wrong file and what to do. */
export async function loadPack(dir: string): Promise<LoadedPack> {
  const manifest = await readManifest(dir)
  const wrong = (await verifyFiles(dir, manifest)).find((verdict) => verdict.state !== 'ok')
  if (wrong) {
    throw new FleetError('PACK_INVALID', `${join(dir, wrong.path)}: ${wrong.state}`, {
      hint: `Bring the pack ${manifest.id} again with "fleet packs pull".`,
    })
  }
  return { dir, manifest }
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
