// Threads that answer questions one at a time. A dead thread fails the question it had and is started again; waiting
// questions go on. Used for everything that would hold the event loop: detectors, encoders, sessions.
import { Worker, type Transferable } from 'node:worker_threads'
import type { ErrorCode } from '@sam3-fleet/shared/errors/codes'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Questions that may wait; more means that somebody does not bound what he asks. */
const WAITING_MAX = 256
/** Deaths in a row, without an answer between them, after which a pool gives up. */
const DEATHS_MAX = 5
/** Milliseconds that a model run may go on when its pool is closed: a large one on a device that is busy otherwise. */
const LAST_ANSWER_MAX_MS = 15_000

interface WorkerFailure {
  error: { code: ErrorCode; message: string; hint: string }
}
/** What a worker posts once, before anything else. */
type WorkerReady<Ready> = { ready: Ready } | WorkerFailure
/** What a worker posts for each question, in order: it has one at a time. */
type WorkerAnswer<Answer> = { answer: Answer } | WorkerFailure

interface Question<Ask, Answer> {
  ask: Ask
  transfer: Transferable[]
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}

export interface WorkerPoolOptions {
  /** The worker's file, which calls answerQuestions(). */
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
  /** Why nothing can be asked any more. */
  #closed: FleetError | undefined

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
   * @throws FleetError CANCELLED, UNAVAILABLE when the thread died, TOO_MANY_REQUESTS when too many wait,
   * INVALID_INPUT when the question cannot cross threads (a buffer that was handed over before).
   */
  ask(ask: Ask, transfer: Transferable[] = [], signal?: AbortSignal): Promise<Answer> {
    if (this.#closed) return Promise.reject(this.#closed)
    if (signal?.aborted) return Promise.reject(cancelled())
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(
        new FleetError(
          'TOO_MANY_REQUESTS',
          `${WAITING_MAX} questions wait for the ${this.#options.name} already`,
        ),
      )
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const question: Question<Ask, Answer> = { ask, transfer, resolve, reject }
    this.#waiting.push(question)
    this.#dispatch()
    return signal ? this.#untilAborted(question, promise, signal) : promise
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close(new FleetError('UNAVAILABLE', `the ${this.#options.name} is closed`))
  }

  async #close(why: FleetError): Promise<void> {
    this.#closed ??= why
    for (const question of [...this.#waiting.splice(0), ...this.#busy.values()]) question.reject(why)
    await Promise.all([...this.#busy.keys()].map(lastAnswer))
    await Promise.all([...this.#threads].map((thread) => thread.terminate()))
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const thread = this.#idle.shift() as Worker
      const question = this.#waiting.shift() as Question<Ask, Answer>
      this.#busy.set(thread, question)
      try {
        thread.postMessage(question.ask, question.transfer)
      } catch (cause) {
        this.#busy.delete(thread)
        this.#idle.push(thread)
        question.reject(
          new FleetError('INVALID_INPUT', `this cannot be handed to the ${this.#options.name}`, {
            hint: 'Buffers belong to the thread they were handed to: use each only once.',
            cause,
          }),
        )
      }
    }
  }

  /** The signal may live as long as the program: its listener goes with the question. */
  async #untilAborted(
    question: Question<Ask, Answer>,
    promise: Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const onAbort = (): void => {
      const at = this.#waiting.indexOf(question)
      if (at >= 0) this.#waiting.splice(at, 1)
      // A thread that works on it goes on to its end: a model run cannot be stopped; its answer is dropped.
      question.reject(cancelled())
    }
    signal.addEventListener('abort', onAbort)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
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
      const onMessage = (message: WorkerReady<Ready>): void => {
        if ('ready' in message) resolve(message.ready)
        else reject(fromWorker(message))
      }
      const onExit = (): void =>
        reject(new FleetError('UNAVAILABLE', `the ${this.#options.name} ended while it was loading`))
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
    else question?.reject(fromWorker(message))
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
      new FleetError('UNAVAILABLE', `the ${this.#options.name} died while it worked`, {
        hint: 'It is started again; try once more.',
        cause,
      }),
    )
    this.#replaceThread()
  }

  #replaceThread(): void {
    this.#deaths += 1
    if (this.#deaths <= DEATHS_MAX) {
      if (!this.#closed) this.#startThread().catch(() => this.#replaceThread())
      return
    }
    const why = new FleetError(
      'UNAVAILABLE',
      `the ${this.#options.name} died ${this.#deaths} times in a row`,
      {
        hint: 'Look at the free memory, verify the pack with "fleet packs verify", then restart the program.',
      },
    )
    void this.#close(why)
  }
}

/** A thread that is ended in the middle of a native model run takes the whole process with it. */
function lastAnswer(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, LAST_ANSWER_MAX_MS)
    const done = (): void => {
      clearTimeout(limit)
      resolve()
    }
    thread.once('message', done).once('exit', done)
  })
}

function fromWorker({ error }: WorkerFailure): FleetError {
  return new FleetError(error.code, error.message, { hint: error.hint })
}

function cancelled(): FleetError {
  return new FleetError('CANCELLED', 'the caller does not want the answer any more')
}
