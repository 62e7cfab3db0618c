// One child process of the demo: started with its own log file, stopped politely, killed when it does not listen.
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

/** Milliseconds that a child has to stop after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 10_000
/** Lines of its log that are shown when a child ends by itself. */
const LOG_TAIL_LINES = 15

export interface ChildOptions {
  name: string
  script: string
  args?: readonly string[]
  env: Record<string, string>
  logPath: string
}

export class Child {
  readonly name: string
  readonly logPath: string
  readonly #process: ChildProcess
  readonly #exited: Promise<void>
  #stopping = false
  #exit: string | null = null

  constructor(options: ChildOptions) {
    this.name = options.name
    this.logPath = options.logPath
    mkdirSync(dirname(options.logPath), { recursive: true })
    const log = createWriteStream(options.logPath)
    this.#process = spawn(process.execPath, [options.script, ...(options.args ?? [])], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches the demo alone, which then stops its children in order.
      detached: true,
    })
    this.#process.stdout?.pipe(log, { end: false })
    this.#process.stderr?.pipe(log, { end: false })
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.#exit = signal ?? `code ${code}`
        log.end(() => resolve())
      })
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** @throws FleetError UNAVAILABLE with the end of its log when the child ended though nobody stopped it. */
  assertRunning(): void {
    if (this.#exit === null || this.#stopping) return
    const tail = readFileSync(this.logPath, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')
    throw new FleetError('UNAVAILABLE', `${this.name} ended with ${this.#exit}\n${tail}`, {
      hint: `Its whole log is ${this.logPath}`,
    })
  }

  /** As a power cut would: no goodbye. */
  async kill(): Promise<void> {
    this.#stopping = true
    this.#process.kill('SIGKILL')
    await this.#exited
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#exit !== null) return
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await this.#exited
    clearTimeout(timer)
  }
}
