// Lends out execution contexts, one run each at a time: made when first needed, at most `size`, the rest waits in order.
// Two let the copies of one run go beside the computing of another. Closing waits for all that is lent.
import { TrtError } from './trt-error.ts'

export interface ContextPoolOptions {
  size: number
  /** Runs that may wait: more would only grow old, and hold their inputs meanwhile. */
  waitingMax: number
}

export interface UseOptions<Result> {
  /** Ends the wait of the caller; work that has begun goes on. */
  signal?: AbortSignal | undefined
  /** Frees a result that comes after its caller stopped waiting. */
  discard?: (result: Result) => void
}

export interface ContextPool<Context> {
  /** @throws TrtError TOO_MANY_REQUESTS, CANCELLED, UNAVAILABLE after close; and what `work` throws. */
  use<Result>(work: (context: Context) => Promise<Result>, options?: UseOptions<Result>): Promise<Result>
  /** Refuses new work and what waits, lets what runs end, then disposes of every context. */
  close(): Promise<void>
}

interface Waiter<Context> {
  resolve(context: Context): void
  reject(reason: unknown): void
}

export function createContextPool<Context extends { dispose(): Promise<void> }>(
  create: () => Promise<Context>,
  { size, waitingMax }: ContextPoolOptions,
): ContextPool<Context> {
  const idle: Context[] = []
  const waiting: Waiter<Context>[] = []
  const allBack = Promise.withResolvers<void>()
  /** Contexts that exist or are being made. */
  let made = 0
  let closed = false

  function take(signal: AbortSignal | undefined): Promise<Context> {
    if (signal?.aborted) return Promise.reject(cancelled())
    if (closed) return Promise.reject(closedError())
    const context = idle.pop()
    if (context) return Promise.resolve(context)
    if (made < size) return make()
    if (waiting.length < waitingMax) return waitForOne(signal)
    return Promise.reject(
      new TrtError('TOO_MANY_REQUESTS', `${waitingMax} runs wait for the GPU already`, {
        hint: 'wait for earlier runs to end',
      }),
    )
  }

  async function make(): Promise<Context> {
    made += 1
    try {
      return await create()
    } catch (thrown) {
      countOut()
      // Whoever waits for a context would wait forever when there is none.
      if (made === 0) for (const waiter of waiting.splice(0)) waiter.reject(thrown)
      throw thrown
    }
  }

  function waitForOne(signal: AbortSignal | undefined): Promise<Context> {
    const { promise, resolve, reject } = Promise.withResolvers<Context>()
    const waiter: Waiter<Context> = { resolve, reject }
    const onAbort = (): void => {
      const place = waiting.indexOf(waiter)
      if (place >= 0) waiting.splice(place, 1)
      reject(cancelled())
    }
    signal?.addEventListener('abort', onAbort)
    waiting.push(waiter)
    return promise.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  async function giveBack(context: Context): Promise<void> {
    const next = waiting.shift()
    if (next) return next.resolve(context)
    if (!closed) {
      idle.push(context)
      return
    }
    await context.dispose()
    countOut()
  }

  async function workAndGiveBack<Result>(
    context: Context,
    work: (context: Context) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(context)
    } finally {
      await giveBack(context)
    }
  }

  function countOut(): void {
    made -= 1
    if (closed && made === 0) allBack.resolve()
  }

  return {
    async use(work, { signal, discard } = {}) {
      const context = await take(signal)
      if (signal?.aborted) {
        await giveBack(context)
        throw cancelled()
      }
      // Lent until the GPU is done with it, also when the caller has stopped waiting.
      const run = workAndGiveBack(context, work)
      return signal ? untilAborted(run, signal, discard) : run
    },
    async close() {
      closed = true
      for (const waiter of waiting.splice(0)) waiter.reject(closedError())
      await Promise.all(
        idle.splice(0).map(async (context) => {
          await context.dispose()
          countOut()
        }),
      )
      if (made === 0) allBack.resolve()
      await allBack.promise
    },
  }
}

function untilAborted<Result>(
  run: Promise<Result>,
  signal: AbortSignal,
  discard: ((result: Result) => void) | undefined,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  let dropped = false
  const onAbort = (): void => {
    dropped = true
    reject(cancelled())
  }
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  run
    .then((result) => (dropped ? discard?.(result) : resolve(result)), reject)
    .finally(() => signal.removeEventListener('abort', onAbort))
    .catch(reject)
  return promise
}

function cancelled(): TrtError {
  return new TrtError('CANCELLED', 'the run was cancelled')
}

function closedError(): TrtError {
  return new TrtError('UNAVAILABLE', 'this engine is closed')
}
