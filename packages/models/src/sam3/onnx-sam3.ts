// SAM3 on onnxruntime, in threads of its own: pictures are shared out over them, and questions about a picture go where
// it was seen. The caller's event loop stays free.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { LoadedPack } from '../pack/load-pack.ts'
import { workerScript } from '../session/answer-questions.ts'
import { WorkerPool } from '../session/worker-pool.ts'
import { heldPicture } from './held-picture.ts'
import type { Sam3, SeenPicture } from './sam3.ts'
import type { Sam3Answer, Sam3Ask } from './sam3-worker.ts'

type Pool = WorkerPool<Sam3Ask, Sam3Answer, null>

/** @throws FleetError PACK_INVALID when the pack has no SAM3 or one that onnxruntime cannot run. */
export async function createOnnxSam3(pack: LoadedPack, options: { workers: number }): Promise<Sam3> {
  const part = pack.manifest.segmenter
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${pack.manifest.id} has no SAM3`)
  await using opened = new AsyncDisposableStack()
  // A pool each: a picture is only known to the thread that saw it.
  const pools: Pool[] = []
  for (let n = 0; n < options.workers; n++) pools.push(opened.use(await startThread(pack)))
  const load = new Map(pools.map((pool) => [pool, 0]))
  const resources = opened.move()

  function leastBusy(): Pool {
    return pools.reduce((best, pool) => ((load.get(pool) ?? 0) < (load.get(best) ?? 0) ? pool : best))
  }

  return {
    runsOn: 'onnxruntime',
    takesHints: part.graphs.trackerDecoder !== undefined,
    parallelism: options.workers,
    async encode(image, signal) {
      throwIfCancelled(signal)
      const pool = leastBusy()
      load.set(pool, (load.get(pool) ?? 0) + 1)
      const done = (): void => void load.set(pool, (load.get(pool) ?? 1) - 1)
      try {
        const asked = pool.ask({ kind: 'encode', image })
        const answer = await forgotten(asked, pool, signal)
        if (answer.kind !== 'encode') throw wrongAnswer(answer)
        return seenPicture(pool, answer, done)
      } catch (thrown) {
        done()
        throw thrown
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** A picture that nobody waits for any more must not stay in the thread. */
async function forgotten(
  asked: Promise<Sam3Answer>,
  pool: Pool,
  signal: AbortSignal | undefined,
): Promise<Sam3Answer> {
  const answer = await asked
  if (!signal?.aborted) return answer
  if (answer.kind === 'encode') await pool.ask({ kind: 'forget', picture: answer.picture })
  throwIfCancelled(signal)
  return answer
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FleetError('CANCELLED', 'the caller does not want the answer any more')
}

async function startThread(pack: LoadedPack): Promise<Pool> {
  const { pool } = await WorkerPool.start<Sam3Ask, Sam3Answer, null>({
    script: workerScript('sam3-worker', import.meta.url),
    size: 1,
    workerData: pack,
    name: 'SAM3',
  })
  return pool
}

function seenPicture(
  pool: Pool,
  { picture, encodeMs }: { picture: number; encodeMs: number },
  onGone: () => void,
): SeenPicture {
  const questions: Pick<SeenPicture, 'encodeMs' | 'find' | 'segment'> = {
    encodeMs,
    async find(prompts, { signal, ...options } = {}) {
      const answer = await pool.ask({ kind: 'find', picture, prompts, options }, [], signal)
      if (answer.kind !== 'find') throw wrongAnswer(answer)
      return answer.found
    },
    async segment(hints, signal) {
      const answer = await pool.ask({ kind: 'segment', picture, hints }, [], signal)
      if (answer.kind !== 'segment') throw wrongAnswer(answer)
      return answer.segments
    },
  }
  return heldPicture(questions, async () => {
    onGone()
    // A thread that is closed or has died holds nothing any more.
    await pool.ask({ kind: 'forget', picture }).catch(() => undefined)
  })
}

function wrongAnswer({ kind }: Sam3Answer): FleetError {
  return new FleetError('INTERNAL', `SAM3's thread answered another question: ${kind}`)
}
