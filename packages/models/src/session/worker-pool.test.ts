import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { PoolQuestion } from './testing/pool-worker.ts'
import { WorkerPool } from './worker-pool.ts'

async function startPool(size: number, mode = 'works') {
  const { pool } = await WorkerPool.start<PoolQuestion, string | number, { threadId: number }>({
    script: new URL('./testing/pool-worker.ts', import.meta.url),
    size,
    workerData: { mode },
    name: 'test thread',
  })
  return pool
}

/** A flag that a waiting worker looks at, and the function that lets it go on. */
function createFlag(): { flag: Int32Array; raise: () => void } {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  return {
    flag,
    raise: () => {
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
    },
  }
}

const echo = (text: string): PoolQuestion => ({ kind: 'echo', text })

describe('a pool of workers', () => {
  it('answers in the order of arrival and uses all its threads', async () => {
    await using pool = await startPool(2)
    const { flag, raise } = createFlag()
    const held = pool.ask({ kind: 'wait', flag })
    const order: string[] = []
    const texts = ['a', 'b', 'c', 'd']
    await Promise.all(
      texts.map((text) => pool.ask(echo(text)).then((answer) => order.push(answer as string))),
    )
    expect(order).toEqual(texts)
    raise()
    expect(await held).toBeTypeOf('number')
  })

  it('fails only the question of a thread that dies, and answers the waiting ones from a new thread', async () => {
    await using pool = await startPool(1)
    const doomed = pool.ask({ kind: 'die' })
    const waiting = pool.ask(echo('after'))
    await expect(doomed).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      hint: expect.stringContaining('try once more'),
    })
    expect(await waiting).toBe('after')
  })

  it('outlives many deaths as long as answers come between them', async () => {
    await using pool = await startPool(1)
    for (let death = 0; death < 7; death++) {
      await expect(pool.ask({ kind: 'die' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(await pool.ask(echo('alive'))).toBe('alive')
    }
  })

  it('gives up after deaths in a row and says so to everybody', async () => {
    await using pool = await startPool(1, 'dies when asked')
    const answers = await Promise.allSettled(Array.from({ length: 9 }, () => pool.ask(echo('?'))))
    expect(answers.map((answer) => answer.status)).toEqual(Array(9).fill('rejected'))
    await expect(pool.ask(echo('late'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('times in a row'),
    })
  })

  it('passes on what a worker throws, with code and hint, and goes on', async () => {
    await using pool = await startPool(1)
    await expect(pool.ask({ kind: 'throw' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'not this',
      hint: 'Ask otherwise.',
    })
    expect(await pool.ask(echo('next'))).toBe('next')
  })

  it('says why the threads could not load', async () => {
    await expect(startPool(2, 'cannot load')).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: 'this file is broken',
      hint: 'Mend it.',
    })
    await expect(startPool(1, 'dies while loading')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('drops a waiting question when its caller cancels, and the answer of a running one', async () => {
    await using pool = await startPool(1)
    const { flag, raise } = createFlag()
    const controller = new AbortController()
    const running = pool.ask({ kind: 'wait', flag }, [], controller.signal)
    const waiting = pool.ask(echo('never'), [], controller.signal)
    const other = pool.ask(echo('other'))
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
    raise()
    expect(await other).toBe('other')
  })

  it('leaves no listener on a signal that lives on', async () => {
    await using pool = await startPool(1)
    const { signal } = new AbortController()
    for (let question = 0; question < 20; question++) await pool.ask(echo('x'), [], signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('bounds how many wait', async () => {
    const pool = await startPool(1)
    const { flag, raise } = createFlag()
    const asked = Array.from({ length: 257 }, () => pool.ask({ kind: 'wait', flag }))
    const settled = Promise.allSettled(asked)
    await expect(pool.ask(echo('one too many'))).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    const closed = pool[Symbol.asyncDispose]()
    raise()
    await closed
    const reasons = (await settled).map((result) => result.status === 'rejected' && result.reason.code)
    expect(new Set(reasons)).toEqual(new Set(['UNAVAILABLE']))
  })

  it('refuses a buffer that was handed over before, and keeps the thread', async () => {
    await using pool = await startPool(1)
    const bytes = new Uint8Array(8)
    const ask: PoolQuestion = { kind: 'length', bytes }
    expect(await pool.ask(ask, [bytes.buffer])).toBe(8)
    await expect(pool.ask(ask, [bytes.buffer])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await pool.ask(echo('still here'))).toBe('still here')
  })

  it('ends a thread only when it has answered, for a model run that is cut takes the process with it', async () => {
    const pool = await startPool(1)
    const { flag, raise } = createFlag()
    const asked = pool.ask({ kind: 'wait', flag })
    const closed = pool[Symbol.asyncDispose]()
    await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    // Time enough for a thread that is ended at once to be gone, and far less than a run may go on.
    await (await startPool(1))[Symbol.asyncDispose]()
    raise()
    await closed
    expect(Atomics.load(flag, 0)).toBe(2)
  })

  it('refuses questions once it is closed', async () => {
    const pool = await startPool(1)
    await pool[Symbol.asyncDispose]()
    await expect(pool.ask(echo('x'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the test thread is closed',
    })
  })
})
