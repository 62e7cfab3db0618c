// FAISS's exact inner-product index in a thread of its own.
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { workerScript } from '@sam3-fleet/models/session/answer-questions'
import { WorkerPool } from '@sam3-fleet/models/session/worker-pool'
import type { FaissAnswer, FaissAsk } from './faiss-worker.ts'
import type { VectorIndex } from './vector-index.ts'

export interface FaissIndex extends VectorIndex {
  /** Hashes that the saved file already held when it was opened. */
  readonly loaded: readonly string[]
}

/** @throws FleetError PACK_INVALID when FAISS cannot be loaded on this machine. */
export async function openFaissIndex(options: { path: string; dimension: number }): Promise<FaissIndex> {
  await mkdir(dirname(options.path), { recursive: true })
  const { pool, ready } = await WorkerPool.start<FaissAsk, FaissAnswer, FaissAnswer>({
    script: workerScript('faiss-worker', import.meta.url),
    size: 1,
    workerData: options,
    name: 'vector index',
  })
  let size = ready.size
  const ask = async (question: FaissAsk): Promise<FaissAnswer> => {
    const answer = await pool.ask(question)
    size = answer.size
    return answer
  }

  return {
    kind: 'faiss-flat-ip',
    loaded: ready.hashes ?? [],
    get size() {
      return size
    },
    async add(items) {
      if (items.length === 0) return
      const vectors = new Float32Array(items.length * options.dimension)
      items.forEach(({ vector }, row) => vectors.set(vector, row * options.dimension))
      await ask({ type: 'add', hashes: items.map(({ hash }) => hash), vectors })
    },
    async remove(hashes) {
      await ask({ type: 'remove', hashes: [...hashes] })
    },
    search: async (query, k) => (await ask({ type: 'search', query, k })).neighbours,
    async save() {
      await ask({ type: 'save' })
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}
