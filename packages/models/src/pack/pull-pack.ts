// Brings a pack into a folder of packs: each file is proved by size and sha256 while it streams into a folder beside
// the target, which then takes its name in one step. What is half there is never seen as a pack.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { loadPack, parseManifest, readManifest } from './load-pack.ts'
import type { PackFile, PackManifest } from './pack-manifest.ts'
import type { PackOrigin } from './pack-origin.ts'
import { MANIFEST_FILE } from './verify-pack.ts'

/** A manifest of 200 files with a thousand labels is a tenth of this. */
const MANIFEST_MAX_BYTES = 1_048_576
/** SAM3's checkpoint with three engines is about half of this. */
const PACK_MAX_BYTES = 16 * 1024 ** 3

export interface PullOptions {
  /** Folder of packs; the pack becomes `<id>-<version>` in it, so that an older version stays at hand. */
  into: string
  maxBytes?: number
  signal?: AbortSignal
  onFile?: (file: PackFile, done: number, of: number) => void
}

export interface PulledPack {
  dir: string
  manifest: PackManifest
  /** `present`: the same pack was there already, whole. */
  outcome: 'pulled' | 'present' | 'repaired'
}

/**
 * @throws FleetError PACK_INVALID for a manifest of another form or a file that is not what it says, CONFLICT when
 * the folder holds another pack of the same id and version, PAYLOAD_TOO_LARGE, CANCELLED, and what the origin throws.
 */
export async function pullPack(origin: PackOrigin, options: PullOptions): Promise<PulledPack> {
  const { into, maxBytes = PACK_MAX_BYTES, signal } = options
  const text = await readText(await origin.read(MANIFEST_FILE, signal), origin.description)
  const manifest = parseManifest(text, `${origin.description} ${MANIFEST_FILE}`)
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  if (total > maxBytes) {
    throw new FleetError(
      'PAYLOAD_TOO_LARGE',
      `the pack ${manifest.id} has ${total} bytes, at most ${maxBytes}`,
    )
  }
  const dir = join(into, `${manifest.id}-${manifest.version}`)
  const state = await stateOf(dir, manifest)
  if (state === 'whole') return { dir, manifest, outcome: 'present' }

  await mkdir(into, { recursive: true })
  const fresh = await mkdtemp(join(into, `.${manifest.id}-`))
  try {
    for (const [at, file] of manifest.files.entries()) {
      await bring(file, origin, fresh, signal)
      options.onFile?.(file, at + 1, manifest.files.length)
    }
    await writeFile(join(fresh, MANIFEST_FILE), text, { flush: true })
    // mkdtemp's folders are their owner's alone; a pack is read by the agent's user too.
    await chmod(fresh, 0o755)
    if (state === 'damaged') await rename(dir, join(fresh, '.damaged'))
    await rename(fresh, dir)
    await rm(join(dir, '.damaged'), { recursive: true, force: true })
  } catch (thrown) {
    await rm(fresh, { recursive: true, force: true })
    throw signal?.aborted
      ? new FleetError('CANCELLED', 'the pull was cancelled', { cause: thrown })
      : failureOf(thrown, manifest)
  }
  return { dir, manifest, outcome: state === 'damaged' ? 'repaired' : 'pulled' }
}

async function stateOf(dir: string, manifest: PackManifest): Promise<'absent' | 'whole' | 'damaged'> {
  if (!(await stat(dir).catch(() => null))) return 'absent'
  const there = await readManifest(dir).catch(() => null)
  if (there && JSON.stringify(there) !== JSON.stringify(manifest)) {
    throw new FleetError('CONFLICT', `${dir} holds another pack of the same version`, {
      hint: 'Whoever changes a pack gives it a new version; remove the folder to take this one.',
    })
  }
  const loaded = there ? await loadPack(dir).catch(() => null) : null
  return loaded ? 'whole' : 'damaged'
}

async function bring(
  file: PackFile,
  origin: PackOrigin,
  dir: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(dir, file.path)
  await mkdir(dirname(path), { recursive: true })
  const hash = createHash('sha256')
  let bytes = 0
  async function* proved(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > file.bytes) throw notAsListed(file, origin, `more than ${file.bytes} bytes`)
      hash.update(chunk)
      yield chunk
    }
    if (bytes < file.bytes) throw notAsListed(file, origin, `${bytes} bytes instead of ${file.bytes}`)
    if (hash.digest('hex') !== file.sha256) throw notAsListed(file, origin, 'another sha256')
  }
  const target = createWriteStream(path, { flags: 'wx', flush: true })
  await pipeline(await origin.read(file.path, signal), proved, target, signal ? { signal } : {})
}

function failureOf(thrown: unknown, { id }: PackManifest): FleetError {
  if (thrown instanceof FleetError) return thrown
  if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new FleetError('DISK_FULL', `no space is left for the pack ${id}`, {
      hint: 'Free some space, or pull into another folder with --into.',
      cause: thrown,
    })
  }
  return new FleetError('UNAVAILABLE', `pulling the pack ${id} broke off: ${String(thrown)}`, {
    hint: 'Pull again; what was there before is unchanged.',
    cause: thrown,
  })
}

function notAsListed(file: PackFile, origin: PackOrigin, found: string): FleetError {
  return new FleetError('PACK_INVALID', `${file.path} from ${origin.description} has ${found}`, {
    hint: 'The file was changed or cut on its way; pull again, and tell who publishes the pack if it stays so.',
  })
}

async function readText(source: Readable, place: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > MANIFEST_MAX_BYTES) {
      throw new FleetError('PAYLOAD_TOO_LARGE', `${place}: ${MANIFEST_FILE} is larger than 1 MB`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
