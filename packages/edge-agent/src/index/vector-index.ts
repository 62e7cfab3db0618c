// Contract: nearest vectors of one embedding space. SQLite stays the truth; an index can always be built again.

export interface Neighbour {
  /** Hash of the vector, as in the store. */
  hash: string
  /** Cosine in -1..1. */
  similarity: number
}

export interface VectorIndex extends AsyncDisposable {
  readonly kind: string
  readonly size: number
  /** Adds unit vectors by hash; a hash that is there already changes nothing. */
  add(items: readonly { hash: string; vector: Float32Array }[]): Promise<void>
  /** Removes by hash; unknown hashes change nothing. */
  remove(hashes: readonly string[]): Promise<void>
  /** The `k` nearest, best first; fewer when the index holds fewer. */
  search(query: Float32Array, k: number): Promise<Neighbour[]>
  /** Writes the index file, so that the next start need not build it again. */
  save(): Promise<void>
}
