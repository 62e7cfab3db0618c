// Keeps the index equal to the vectors in the database: builds what is missing at the start, follows each commit.
import type { Logger } from 'pino'
import type { EmbeddingSpace } from '@sam3-fleet/shared/domain/embedding-space'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { fromF16Bytes } from '@sam3-fleet/shared/vector/vector'
import { openFaissIndex } from './faiss-index.ts'
import { createFlatIndex } from './flat-index.ts'
import type { VectorIndex } from './vector-index.ts'

/** Vectors that are handed over at once while the index is built. */
const BUILD_CHUNK = 2_000

export interface StoredVector {
  hash: string
  f16: Uint8Array
}

export interface IndexKeeper extends AsyncDisposable {
  readonly index: VectorIndex
  /** Why another index than the wished one is used, in words; null when all is as wished. */
  readonly reason: string | null
  /** Called after a commit; the index has it a moment later. */
  onCommitted(vectors: readonly StoredVector[]): void
  /** Resolves when all that was committed so far can be found. */
  settled(): Promise<void>
}

export interface IndexKeeperOptions {
  path: string
  space: EmbeddingSpace
  /** Vectors of the space in the database, in the order of their hashes. */
  vectors: (afterHash: string, limit: number) => StoredVector[]
  wantsGpu: boolean
  log: Logger
}

export async function openIndexKeeper(options: IndexKeeperOptions): Promise<IndexKeeper> {
  const { index, loaded, reason } = await openIndex(options)
  await build(index, loaded, options.vectors)
  let pending = Promise.resolve()
  return {
    index,
    reason,
    onCommitted(vectors) {
      const items = vectors.map(({ hash, f16 }) => ({ hash, vector: fromF16Bytes(f16) }))
      pending = pending
        .then(() => index.add(items))
        .catch((thrown: unknown) => {
          options.log.error(
            { err: toFleetError(thrown) },
            'the index could not take a vector; it is built again at the next start',
          )
        })
    },
    settled: () => pending,
    async [Symbol.asyncDispose]() {
      await pending
      await index.save()
      await index[Symbol.asyncDispose]()
    },
  }
}

async function openIndex(
  options: IndexKeeperOptions,
): Promise<{ index: VectorIndex; loaded: readonly string[]; reason: string | null }> {
  const noGpu = options.wantsGpu ? 'no GPU search in this build; the CPU index is used' : null
  try {
    const index = await openFaissIndex({ path: options.path, dimension: options.space.dimension })
    return { index, loaded: index.loaded, reason: noGpu }
  } catch (thrown) {
    // Said to everybody at /health: the details, with places on the disk, are for the log only.
    const reason = 'FAISS cannot be loaded on this machine; the slower exact index is used'
    options.log.warn({ err: toFleetError(thrown) }, reason)
    return { index: createFlatIndex(), loaded: [], reason }
  }
}

/** Adds what the saved file lacks and removes what the database has no more. */
async function build(
  index: VectorIndex,
  loaded: readonly string[],
  vectors: IndexKeeperOptions['vectors'],
): Promise<void> {
  const known = new Set(loaded)
  const gone = new Set(loaded)
  for (let after = ''; ;) {
    const chunk = vectors(after, BUILD_CHUNK)
    const last = chunk.at(-1)
    if (!last) break
    after = last.hash
    for (const { hash } of chunk) gone.delete(hash)
    const missing = chunk.filter(({ hash }) => !known.has(hash))
    await index.add(missing.map(({ hash, f16 }) => ({ hash, vector: fromF16Bytes(f16) })))
  }
  if (gone.size > 0) await index.remove([...gone])
}
