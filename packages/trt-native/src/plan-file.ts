// A plan on disk with its manifest beside it: written whole or not at all, and read back only when it is what was written.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

/** Bytes read at a time while hashing: a piece takes under a millisecond, so the event loop stays free. */
const HASH_PIECE_BYTES = 512 * 1024

const manifestSchema = z.object({
  /** What the plan was built from and for; another key means another plan. */
  key: z.string(),
  planBytes: z.int(),
  planSha256: z.string(),
  /** For people: the parts of the key and how long the build took. */
  built: z.record(z.string(), z.unknown()),
})

export type PlanManifest = z.infer<typeof manifestSchema>

export type PlanState = 'whole' | 'absent' | 'damaged'

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: HASH_PIECE_BYTES })) {
    hash.update(piece as Buffer)
  }
  return hash.digest('hex')
}

/** Whether the plan at `path` is byte for byte the one that its manifest speaks of, and of this key. */
export async function checkPlan(path: string, key: string): Promise<PlanState> {
  const about = await stat(path).catch(() => undefined)
  if (!about) return 'absent'
  const manifest = await readManifest(path)
  if (manifest?.key !== key || about.size !== manifest.planBytes) return 'damaged'
  return (await sha256OfFile(path)) === manifest.planSha256 ? 'whole' : 'damaged'
}

export async function readManifest(planPath: string): Promise<PlanManifest | undefined> {
  const text = await readFile(manifestPath(planPath), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The plan goes first: a manifest without its plan would be believed, a plan without its manifest is built anew. */
export async function writePlan(
  path: string,
  plan: Uint8Array,
  { key, built }: Pick<PlanManifest, 'key' | 'built'>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await rm(manifestPath(path), { force: true })
  await writeWhole(path, plan)
  const manifest: PlanManifest = {
    key,
    planBytes: plan.byteLength,
    planSha256: await sha256OfFile(path),
    built,
  }
  await writeWhole(manifestPath(path), new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
}

export async function removePlan(path: string): Promise<void> {
  await rm(manifestPath(path), { force: true })
  await rm(path, { force: true })
}

/** Through a name of its own and a flush, so that a power cut leaves the old file or the new one. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.new`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  }
}

function manifestPath(planPath: string): string {
  return `${planPath}.json`
}
