// Exact search in plain TypeScript: slow for many vectors, right by construction. The oracle of every other index, and
// what is used where no native index can be loaded.
import { dot } from '@sam3-fleet/shared/vector/vector'
import type { VectorIndex } from './vector-index.ts'

export function createFlatIndex(): VectorIndex {
  const vectors = new Map<string, Float32Array>()
  return {
    kind: 'flat',
    get size() {
      return vectors.size
    },
    async add(items) {
      for (const { hash, vector } of items) if (!vectors.has(hash)) vectors.set(hash, vector)
    },
    async remove(hashes) {
      for (const hash of hashes) vectors.delete(hash)
    },
    async search(query, k) {
      return [...vectors]
        .map(([hash, vector]) => ({ hash, similarity: dot(query, vector) }))
        .sort((a, b) => b.similarity - a.similarity || a.hash.localeCompare(b.hash))
        .slice(0, k)
    },
    async save() {
      // Nothing to write: it is built from the store at every start.
    },
    [Symbol.asyncDispose]: async () => vectors.clear(),
  }
}
