// A folder in, a pack whose every file is what pack.json says out.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { packManifestSchema, type PackManifest } from './pack-manifest.ts'
import { MANIFEST_FILE, verifyFiles } from './verify-pack.ts'

export interface LoadedPack {
  dir: string
  manifest: PackManifest
}

/** Where packs of the product lie; the same from sources and from a build. */
export const BUNDLED_PACKS_DIR = fileURLToPath(new URL('../../packs', import.meta.url))
/** The pack that comes with the product: works offline on any CPU. */
export const DEFAULT_PACK_DIR = join(BUNDLED_PACKS_DIR, 'default')

/** @throws FleetError PACK_INVALID when pack.json is missing or does not have the documented form. */
export async function readManifest(dir: string): Promise<PackManifest> {
  const path = join(dir, MANIFEST_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new FleetError('PACK_INVALID', `${path} cannot be read`, {
      hint: 'Give the folder of a model pack; "fleet packs list" shows those that are here.',
      cause,
    })
  }
  return parseManifest(text, path)
}

/** `place` is where the text came from, for messages. @throws FleetError PACK_INVALID as readManifest. */
export function parseManifest(text: string, place: string): PackManifest {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new FleetError('PACK_INVALID', `${place} is not JSON`, { cause })
  }
  const parsed = packManifestSchema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new FleetError('PACK_INVALID', `${place}: ${issue?.path.join('.')} ${issue?.message}`, {
    hint: 'docs/model-packs.md has the form of pack.json.',
    cause: parsed.error,
  })
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
