// A clock that stands still until a test moves it; sleepers wake in the order of their deadlines.
import type { Clock } from './clock.ts'

interface Sleeper {
  wakeAtMs: number
  resolve: () => void
}

export class FakeClock implements Clock {
  #nowMs: number
  #monotonicMs = 0
  readonly #sleepers: Sleeper[] = []

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** How many callers are waiting; lets a test wait until the code under test has reached its sleep. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error)
        return
      }
      const sleeper: Sleeper = { wakeAtMs: this.#monotonicMs + delayMs, resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          const at = this.#sleepers.indexOf(sleeper)
          if (at >= 0) this.#sleepers.splice(at, 1)
          reject(signal.reason as Error)
        },
        { once: true },
      )
    })
  }

  /** Moves both clocks forward and lets every sleeper whose time has come continue. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#monotonicMs + byMs
    for (;;) {
      const due = this.#sleepers
        .filter((s) => s.wakeAtMs <= targetMs)
        .sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0]
      if (!due) break
      this.#nowMs += due.wakeAtMs - this.#monotonicMs
      this.#monotonicMs = Math.max(this.#monotonicMs, due.wakeAtMs)
      this.#sleepers.splice(this.#sleepers.indexOf(due), 1)
      due.resolve()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#nowMs += targetMs - this.#monotonicMs
    this.#monotonicMs = targetMs
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Moves the wall clock only, as NTP or a dead battery would. */
  jumpWall(byMs: number): void {
    this.#nowMs += byMs
  }
}
