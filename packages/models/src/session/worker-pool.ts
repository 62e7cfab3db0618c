// Threads that answer questions one at a time. A dead thread fails the question it had and is started again; waiting
// questions go on. Used for everything that would hold the event loop: detectors, encoders, sessions.
import { Worker, type Transferable } from 'node:worker_threads'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Questions that may wait; more means that somebody does not bound what he asks. */
const WAITING_MAX = 256
/** Deaths in a row, without an answer between them, after which a pool gives up. */
const DEATHS_MAX = 5

export type WorkerAnswer<Answer> =
  | { id: number; answer: Answer }
  | { id: number; error: { code: string; message: string; hint: string } }

interface Question<Ask, Answer> {
  ask: Ask
  transfer: Transferable[]
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
  signal: AbortSignal | undefined
}

export interface WorkerPoolOptions {
  /** The worker's file; it posts `{ ready }` once and a WorkerAnswer for each question. */
  script: URL
  size: number
  workerData: unknown
  name: string
}

/** `Ready` is what each worker says about itself when it has loaded. */
export class WorkerPool<Ask, Answer, Ready> implements AsyncDisposable {
  readonly size: number
  readonly #options: WorkerPoolOptions
  readonly #waiting: Question<Ask, Answer>[] = []
  readonly #threads = new Set<Worker>()
  readonly #busy = new Map<Worker, Question<Ask, Answer>>()
  readonly #idle: Worker[] = []
  #deaths = 0
  #closed = false

  private constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.size = options.size
  }

  /** Starts the threads and waits until all have loaded. @throws FleetError of the first that cannot. */
  static async start<Ask, Answer, Ready>(
    options: WorkerPoolOptions,
  ): Promise<{ pool: WorkerPool<Ask, Answer, Ready>; ready: Ready }> {
    const pool = new WorkerPool<Ask, Answer, Ready>(options)
    try {
      const [ready] = await Promise.all(Array.from({ length: options.size }, () => pool.#startThread()))
      return { pool, ready: ready as Ready }
    } catch (error) {
      await pool[Symbol.asyncDispose]()
      throw error
    }
  }

  /**
   * Asks the next free thread, in order of arrival. Buffers in `transfer` must not be used afterwards.
   * @throws FleetError CANCELLED, UNAVAILABLE when the thread died, TOO_MANY_REQUESTS when too many wait.
   */
  ask(ask: Ask, transfer: Transferable[] = [], signal?: AbortSignal): Promise<Answer> {
    if (this.#closed) return Promise.reject(new FleetError('UNAVAILABLE', `${this.#options.name} is closed`))
    if (signal?.aborted) return Promise.reject(cancelled())
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(
        new FleetError(
          'TOO_MANY_REQUESTS',
          `${WAITING_MAX} questions wait for ${this.#options.name} already`,
        ),
      )
    }
    return new Promise((resolve, reject) => {
      const question: Question<Ask, Answer> = { ask, transfer, resolve, reject, signal }
      this.#waiting.push(question)
      signal?.addEventListener('abort', () => this.#cancel(question), { once: true })
      this.#dispatch()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const closed = new FleetError('UNAVAILABLE', `${this.#options.name} was closed`)
    for (const question of [...this.#waiting.splice(0), ...this.#busy.values()]) question.reject(closed)
    await Promise.all([...this.#threads].map((thread) => thread.terminate()))
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const thread = this.#idle.shift() as Worker
      const question = this.#waiting.shift() as Question<Ask, Answer>
      this.#busy.set(thread, question)
      thread.postMessage({ id: thread.threadId, ask: question.ask }, question.transfer)
    }
  }

  #cancel(question: Question<Ask, Answer>): void {
    const at = this.#waiting.indexOf(question)
    if (at >= 0) this.#waiting.splice(at, 1)
    // A thread that works on it goes on to its end: a model run cannot be stopped; its answer is dropped.
    question.reject(cancelled())
  }

  async #startThread(): Promise<Ready> {
    const thread = new Worker(this.#options.script, {
      workerData: this.#options.workerData,
      name: this.#options.name,
    })
    this.#threads.add(thread)
    const loading = new AbortController()
    const ready = await new Promise<Ready>((resolve, reject) => {
      // Taken off one by one: a Worker has listeners of its own that deliver its messages.
      const onMessage = (message: { ready: Ready } | { error: { message: string; hint: string } }): void => {
        if ('ready' in message) resolve(message.ready)
        else reject(new FleetError('PACK_INVALID', message.error.message, { hint: message.error.hint }))
      }
      const onExit = (): void =>
        reject(new FleetError('UNAVAILABLE', `${this.#options.name} ended while it was loading`))
      thread.once('message', onMessage).once('error', reject).once('exit', onExit)
      loading.signal.addEventListener('abort', () => {
        thread.off('message', onMessage).off('error', reject).off('exit', onExit)
      })
    }).catch(async (error: unknown) => {
      this.#threads.delete(thread)
      await thread.terminate()
      throw error
    })
    loading.abort()
    thread.on('message', (message: WorkerAnswer<Answer>) => this.#onAnswer(thread, message))
    thread.on('error', (cause) => this.#onDeath(thread, cause))
    thread.on('exit', () => this.#onDeath(thread, undefined))
    this.#idle.push(thread)
    this.#dispatch()
    return ready
  }

  #onAnswer(thread: Worker, message: WorkerAnswer<Answer>): void {
    const question = this.#busy.get(thread)
    this.#busy.delete(thread)
    this.#deaths = 0
    if ('answer' in message) question?.resolve(message.answer)
    else
      question?.reject(
        new FleetError(message.error.code as 'INTERNAL', message.error.message, { hint: message.error.hint }),
      )
    this.#idle.push(thread)
    this.#dispatch()
  }

  #onDeath(thread: Worker, cause: unknown): void {
    if (!this.#threads.delete(thread) || this.#closed) return
    const question = this.#busy.get(thread)
    this.#busy.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
    question?.reject(
      new FleetError('UNAVAILABLE', `${this.#options.name} died while it worked`, {
        hint: 'It is started again; try once more.',
        cause,
      }),
    )
    this.#replaceThread()
  }

  #replaceThread(): void {
    this.#deaths += 1
    if (this.#deaths > DEATHS_MAX) void this[Symbol.asyncDispose]()
    else if (!this.#closed) this.#startThread().catch(() => this.#replaceThread())
  }
}

function cancelled(): FleetError {
  return new FleetError('CANCELLED', 'the caller does not want the answer any more')
}
