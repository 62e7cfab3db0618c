// A service that may die and come back at the same address, as real brokers, databases and cameras do.
// Turns a start function into a fixture with kill9, stop, restart and pause; log and pid are those of the last life.
import type { Service } from './spawn-service.ts'

export interface Restartable extends AsyncDisposable {
  readonly pid: number
  logText(): string
  stop(): Promise<void>
  kill9(): Promise<void>
  /** Starts it again, on the same port with the same data; stops it first when it still runs. */
  restart(): Promise<void>
  pause(): void
  resume(): void
}

export interface RestartableOptions {
  start: () => Promise<Service>
  /** Removed after the last life, in this order. */
  resources?: readonly AsyncDisposable[]
  /** What must be killed besides the process itself. */
  kill?: (service: Service) => Promise<void>
  stopSignal?: NodeJS.Signals
}

export async function createRestartable(options: RestartableOptions): Promise<Restartable> {
  const kill = options.kill ?? (async (service: Service) => void (await service.kill9()))
  const release = async (): Promise<void> => {
    for (const resource of options.resources ?? []) await resource[Symbol.asyncDispose]()
  }
  let service = await options.start().catch(async (error: unknown) => {
    await release()
    throw error
  })
  const stop = async (): Promise<void> => void (await service.stop(options.stopSignal))
  return {
    get pid() {
      return service.pid
    },
    logText: () => service.log.text(),
    stop,
    kill9: () => kill(service),
    async restart() {
      await stop()
      service = await options.start()
    },
    pause: () => service.pause(),
    resume: () => service.resume(),
    async [Symbol.asyncDispose]() {
      await kill(service)
      await release()
    },
  }
}
