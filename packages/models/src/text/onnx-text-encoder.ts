// The text encoder of a pack on onnxruntime, in a thread of its own, with a cache: captions and questions repeat.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { LoadedPack } from '../pack/load-pack.ts'
import { workerScript } from '../session/answer-questions.ts'
import { WorkerPool } from '../session/worker-pool.ts'
import type { TextEncoder } from './text-encoder.ts'

/** Sentences whose vectors are kept: 6 MB at 384 dimensions. */
const CACHED_MAX = 4_096
/** Sentences of one caller that wait at once, so that another's question waits at most 0.1 s behind a long list. */
const CHUNK_SENTENCES = 16

/** @throws FleetError PACK_INVALID when the pack has no text encoder or its model cannot be loaded. */
export async function createOnnxTextEncoder({ dir, manifest }: LoadedPack): Promise<TextEncoder> {
  const part = manifest.textEncoder
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${manifest.id} has no text encoder`)
  const { pool } = await WorkerPool.start<string, Float32Array, null>({
    script: workerScript('text-encoder-worker', import.meta.url),
    size: 1,
    workerData: { dir, part },
    name: 'text encoder',
  })
  // Insertion order is age: what is asked again is put in again.
  const cache = new Map<string, Promise<Float32Array>>()

  function encodeOne(sentence: string): Promise<Float32Array> {
    const known = cache.get(sentence)
    cache.delete(sentence)
    const vector = known ?? pool.ask(sentence)
    cache.set(sentence, vector)
    if (!known) vector.catch(() => cache.delete(sentence))
    const oldest = cache.keys().next().value
    if (cache.size > CACHED_MAX && oldest !== undefined) cache.delete(oldest)
    return vector
  }

  return {
    space: part.space,
    async encode(sentences, signal) {
      const vectors: Float32Array[] = []
      for (let at = 0; at < sentences.length; at += CHUNK_SENTENCES) {
        throwIfCancelled(signal)
        vectors.push(...(await Promise.all(sentences.slice(at, at + CHUNK_SENTENCES).map(encodeOne))))
      }
      throwIfCancelled(signal)
      return vectors
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FleetError('CANCELLED', 'the caller does not want the vectors any more')
}
