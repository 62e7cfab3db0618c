// A Jetson's reading: what the kernel tells, completed by NVIDIA's tegrastats, which runs beside the agent and says a line
// every few seconds. Without it, or while it is started again, the kernel's word is enough.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { BoardReader, BoardReading } from './board.ts'
import { parseTegrastats } from './tegrastats.ts'

const TEGRASTATS = '/usr/bin/tegrastats'
const INTERVAL_MS = 5_000
/** Milliseconds after which a line is too old to be believed. */
const STALE_MS = 4 * INTERVAL_MS
/** Milliseconds before it is started again after it ended. */
const RESTART_MS = 30_000

export interface TegrastatsBoardOptions {
  kernel: BoardReader
  clock: Clock
  command?: string
}

export interface TegrastatsBoard extends BoardReader {
  /** Keeps the program running; resolves when `signal` fires. */
  run(signal: AbortSignal): Promise<void>
}

export function createTegrastatsBoard({
  kernel,
  clock,
  command = TEGRASTATS,
}: TegrastatsBoardOptions): TegrastatsBoard {
  let last: { atMs: number; told: NonNullable<ReturnType<typeof parseTegrastats>> } | null = null

  async function follow(signal: AbortSignal): Promise<void> {
    const child = spawn(command, ['--interval', String(INTERVAL_MS)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
    })
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('close', () => resolve())
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = parseTegrastats(line)
      if (told) last = { atMs: clock.monotonicMs(), told }
    })
    await ended
  }

  return {
    async run(signal) {
      while (!signal.aborted && existsSync(command)) {
        await follow(signal)
        await clock.sleep(RESTART_MS, signal).catch(() => undefined)
      }
    },
    async read() {
      const base = await kernel.read()
      if (!last || clock.monotonicMs() - last.atMs > STALE_MS) return base
      return merged(base, last.told)
    },
  }
}

/** The kernel's names of zones stay where it has any: the same sensor must not appear twice. */
function merged(base: BoardReading, told: Partial<BoardReading>): BoardReading {
  const prefer = <T extends object>(kernel: T, other: T | undefined): T =>
    Object.keys(kernel).length > 0 ? kernel : (other ?? kernel)
  return {
    ...base,
    temperaturesC: prefer(base.temperaturesC, told.temperaturesC),
    railsMw: prefer(base.railsMw, told.railsMw),
    gpuLoad: base.gpuLoad ?? told.gpuLoad ?? null,
    cpuLoad: base.cpuLoad ?? told.cpuLoad ?? null,
    memoryBusLoad: told.memoryBusLoad ?? null,
    memoryUsedBytes: base.memoryUsedBytes ?? told.memoryUsedBytes ?? null,
    memoryTotalBytes: base.memoryTotalBytes ?? told.memoryTotalBytes ?? null,
  }
}
