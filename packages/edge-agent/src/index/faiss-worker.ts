// A thread that holds one FAISS index: its calls are synchronous and would hold the agent. FAISS knows positions only;
// which hash stands where, and which positions are gone, is kept here. The other side is faiss-index.ts.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { workerData } from 'node:worker_threads'
import type { IndexFlatIP as FlatIndex } from 'faiss-node'
import { answerQuestions } from '@sam3-fleet/models/session/answer-questions'
import { sha256Hex } from '@sam3-fleet/shared/node/binary'
import type { Neighbour } from './vector-index.ts'

export type FaissAsk =
  | { type: 'add'; hashes: string[]; vectors: Float32Array }
  | { type: 'remove'; hashes: string[] }
  | { type: 'search'; query: Float32Array; k: number }
  | { type: 'save' }

export interface FaissAnswer {
  size: number
  hashes: string[] | null
  neighbours: Neighbour[]
}

/** Removed positions that are carried along before the index is built without them. */
const HOLES_MAX_PART = 0.3

interface Sidecar {
  sha256: string
  hashes: (string | null)[]
}

const { path, dimension } = workerData as { path: string; dimension: number }
const { IndexFlatIP } = createRequire(import.meta.url)('faiss-node') as { IndexFlatIP: typeof FlatIndex }
const sidecarPath = `${path}.ids.json`

await answerQuestions<FaissAsk, FaissAnswer, FaissAnswer>(async () => {
  const { index, hashes: loaded } = load()
  let hashes = loaded
  let positions = new Map(hashes.flatMap((hash, at) => (hash === null ? [] : [[hash, at] as const])))

  const state = (neighbours: Neighbour[] = []): FaissAnswer => ({
    size: positions.size,
    hashes: null,
    neighbours,
  })

  function add(added: string[], vectors: Float32Array): void {
    const fresh = added.map((hash, row) => ({ hash, row })).filter(({ hash }) => !positions.has(hash))
    if (fresh.length === 0) return
    const rows = new Float32Array(fresh.length * dimension)
    fresh.forEach(({ row }, at) =>
      rows.set(vectors.subarray(row * dimension, (row + 1) * dimension), at * dimension),
    )
    index.add(Array.from(rows))
    for (const { hash } of fresh) {
      positions.set(hash, hashes.length)
      hashes.push(hash)
    }
  }

  function remove(removed: string[]): void {
    for (const hash of removed) {
      const at = positions.get(hash)
      if (at !== undefined) hashes[at] = null
      positions.delete(hash)
    }
    if (hashes.length - positions.size > HOLES_MAX_PART * hashes.length) compact()
  }

  function compact(): void {
    const kept = hashes.flatMap((hash, at) => (hash === null ? [] : [{ hash, at }]))
    const holes = hashes.flatMap((hash, at) => (hash === null ? [at] : []))
    index.removeIds(holes)
    hashes = kept.map(({ hash }) => hash)
    positions = new Map(kept.map(({ hash }, at) => [hash, at]))
  }

  /** Positions that are gone may be among the nearest: more are asked for until enough live ones are found. */
  function search(query: Float32Array, k: number): Neighbour[] {
    const holes = hashes.length - positions.size
    const [values, total] = [Array.from(query), index.ntotal()]
    if (total === 0) return []
    for (let wanted = Math.min(total, k + Math.min(k, holes)); ; wanted = Math.min(total, wanted * 2)) {
      const found = index.search(values, wanted)
      const live = found.labels.flatMap((label, at) => {
        const hash = hashes[label]
        return hash ? [{ hash, similarity: found.distances[at] as number }] : []
      })
      if (live.length >= k || wanted === total) return live.slice(0, k)
    }
  }

  return {
    ready: { ...state(), hashes: [...positions.keys()] },
    async answer(ask) {
      if (ask.type === 'add') add(ask.hashes, ask.vectors)
      if (ask.type === 'remove') remove(ask.hashes)
      if (ask.type === 'save') save(index, hashes)
      return { answer: state(ask.type === 'search' ? search(ask.query, ask.k) : []) }
    },
  }
})

/** The index as it was saved; an empty one when a file is missing, torn or does not belong to the other. */
function load(): { index: FlatIndex; hashes: (string | null)[] } {
  try {
    if (existsSync(path) && existsSync(sidecarPath)) {
      const sidecar = JSON.parse(readFileSync(sidecarPath, 'utf8')) as Sidecar
      if (sha256Hex(readFileSync(path)) === sidecar.sha256) {
        const index = IndexFlatIP.read(path)
        if (index.ntotal() === sidecar.hashes.length && index.getDimension() === dimension)
          return { index, hashes: sidecar.hashes }
      }
    }
  } catch {
    // A damaged index is no loss: it is built again from the database.
  }
  return { index: new IndexFlatIP(dimension), hashes: [] }
}

function save(index: FlatIndex, hashes: (string | null)[]): void {
  index.write(`${path}.new`)
  const sidecar: Sidecar = { sha256: sha256Hex(readFileSync(`${path}.new`)), hashes }
  writeFileSync(`${sidecarPath}.new`, JSON.stringify(sidecar), { flush: true })
  renameSync(`${path}.new`, path)
  renameSync(`${sidecarPath}.new`, sidecarPath)
}
