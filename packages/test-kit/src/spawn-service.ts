// A child process as a disposable fixture: started, known to be ready, killed at the latest with the test.
// The kernel ends it with its parent (setpriv --pdeathsig), so even a crashed test run leaves no service behind.
import { spawn, type ChildProcess } from 'node:child_process'
import { createLineLog, type LineLog } from './line-log.ts'
import type { Owner } from './temp-dir.ts'
import { waitUntil } from './wait-until.ts'

/** A cold Node process with native parts takes seconds on a machine busy with other tests. */
const READY_DEADLINE_MS = 90_000
/** What an orderly stop may take before the process is killed; tests expect it to end by itself. */
const STOP_DEADLINE_MS = 45_000

export interface ServiceOptions {
  /** Names the service in errors. */
  name: string
  command: string
  args?: readonly string[]
  cwd?: string
  /** Added to this process's environment; undefined removes a variable. */
  env?: Record<string, string | undefined>
  owner?: Owner | undefined
  /** A line of stdout or stderr, or a condition that is polled. */
  ready: RegExp | ((log: LineLog) => boolean | Promise<boolean>)
  readyDeadlineMs?: number
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Service extends AsyncDisposable {
  readonly pid: number
  readonly log: LineLog
  /** Resolves when the process has ended, however that came. */
  readonly exited: Promise<Exit>
  /** The first line, from the start on, that matches. */
  waitForLine(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>
  /** Asks it to end, kills it when it does not. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** SIGKILL, as a power cut or the kernel's memory killer would. */
  kill9(): Promise<Exit>
  /** Stops the process in place: connections stay open and nothing answers. */
  pause(): void
  resume(): void
}

export async function spawnService(options: ServiceOptions): Promise<Service> {
  const child = spawnTied(options)
  const service = superviseChild(child, options.name)
  try {
    await becomeReady(service, options)
  } catch (error) {
    await service.kill9()
    throw new Error(
      `${options.name} did not become ready: ${(error as Error).message}\n${service.log.text()}`,
      {
        cause: error,
      },
    )
  }
  return service
}

/** Starts the child so that it dies with this process, under the owner's ids when given. */
function spawnTied({ command, args = [], cwd, env, owner }: ServiceOptions): ChildProcess {
  const identity = owner ? [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'] : []
  return spawn('setpriv', [...identity, '--pdeathsig', 'KILL', '--', command, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function superviseChild(child: ChildProcess, name: string): Service {
  const log = createLineLog()
  if (child.stdout) log.follow(child.stdout)
  if (child.stderr) log.follow(child.stderr)
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  // Whoever awaits `exited` sees the failure; nobody has to.
  exited.catch(() => undefined)
  const hasEnded = (): boolean =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined

  async function end(signal: NodeJS.Signals): Promise<Exit> {
    if (!hasEnded()) child.kill(signal)
    return await exited
  }

  const service: Service = {
    pid: child.pid ?? 0,
    log,
    exited,
    waitForLine: (pattern, deadlineMs) =>
      waitUntil(
        `${name} to write ${pattern}`,
        () => {
          for (const line of log.lines()) {
            const match = pattern.exec(line)
            if (match) return match
          }
          return undefined
        },
        deadlineMs === undefined ? {} : { deadlineMs },
      ),
    async stop(signal = 'SIGTERM') {
      if (hasEnded()) return await exited
      // A paused process cannot act on the signal.
      child.kill('SIGCONT')
      child.kill(signal)
      const killer = new AbortController()
      const timeout = AbortSignal.timeout(STOP_DEADLINE_MS)
      const onTimeout = (): void => void child.kill('SIGKILL')
      timeout.addEventListener('abort', onTimeout, { signal: killer.signal })
      try {
        return await exited
      } finally {
        killer.abort()
      }
    },
    kill9: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL').catch(() => undefined)
    },
  }
  return service
}

async function becomeReady(
  service: Service,
  { ready, name, readyDeadlineMs }: ServiceOptions,
): Promise<void> {
  const abort = new AbortController()
  const failed = service.exited.then(({ code, signal }) => {
    throw new Error(`it ended before that (${signal ?? `exit ${code}`})`)
  })
  const condition = (): boolean | Promise<boolean> =>
    ready instanceof RegExp ? service.log.lines().some((line) => ready.test(line)) : ready(service.log)
  const became = waitUntil(`${name} to be ready`, condition, {
    deadlineMs: readyDeadlineMs ?? READY_DEADLINE_MS,
    signal: abort.signal,
  })
  became.catch(() => undefined)
  try {
    await Promise.race([became, failed])
  } finally {
    abort.abort()
    failed.catch(() => undefined)
  }
}
