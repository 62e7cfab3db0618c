// Masks without weights, for packs that have none for it: GrabCut in a thread of its own that starts when it is first
// asked, ends when nobody asks any more, and is ended when one picture takes too long.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { workerScript } from '../session/answer-questions.ts'
import { WorkerPool } from '../session/worker-pool.ts'
import type { Segment, Segmenter } from './segmenter.ts'
import type { SegmentAsk } from './segment-worker.ts'

/** Milliseconds for one hint; usual are 100 to 300 on one core, and the cost has a bound by the size looked at. */
const HINT_LIMIT_MS = 5_000
/** Milliseconds for the thread to load, on a slow disk. */
const LOAD_LIMIT_MS = 30_000
/** Milliseconds without a question after which the thread and its 130 MB go. */
const IDLE_MS = 60_000

type Pool = WorkerPool<SegmentAsk, Segment[], null>

export function createClassicalSegmenter({
  clock,
  hintLimitMs = HINT_LIMIT_MS,
}: {
  clock: Clock
  hintLimitMs?: number
}): Segmenter {
  let pool: Promise<Pool> | null = null
  let asked = 0
  const closing = new AbortController()

  function start(): Promise<Pool> {
    return WorkerPool.start<SegmentAsk, Segment[], null>({
      script: workerScript('segment-worker', import.meta.url),
      size: 1,
      workerData: null,
      name: 'segmenter',
    }).then((started) => started.pool)
  }

  async function end(): Promise<void> {
    const ending = pool
    pool = null
    await (await ending?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }

  async function endWhenIdle(): Promise<void> {
    const before = asked
    await clock.sleep(IDLE_MS, closing.signal).catch(() => undefined)
    if (before === asked && !closing.signal.aborted) await end()
  }

  return {
    method: 'classical',
    async segment(image, hints, signal) {
      closing.signal.throwIfAborted()
      asked += 1
      const isFirst = pool === null
      const starting = (pool ??= start())
      starting.catch(() => (pool = null))
      const limitMs = hintLimitMs * hints.length + (isFirst ? LOAD_LIMIT_MS : 0)
      const limit = new AbortController()
      const late = clock.sleep(limitMs, limit.signal).then(
        () => 'late' as const,
        () => new Promise<never>(() => undefined),
      )
      try {
        const work = starting.then((one) =>
          one.ask({ image, hints }, [image.data.buffer as ArrayBuffer], signal),
        )
        const answer = await Promise.race([work, late])
        if (answer !== 'late') return answer
        work.catch(() => undefined)
        void end()
        throw new FleetError('DEADLINE_EXCEEDED', `no mask was found within ${limitMs} ms`, {
          hint: 'Send fewer boxes and points at once, or try again when the device has less to do.',
        })
      } finally {
        limit.abort()
        void endWhenIdle()
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new FleetError('UNAVAILABLE', 'the segmenter is closed'))
      await end()
    },
  }
}
