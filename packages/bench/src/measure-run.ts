// What one piece of work cost this process: wall time, CPU of all its threads, peak memory, and how long the event loop
// was held.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds between two looks at the memory. */
const MEMORY_INTERVAL_MS = 100
const MS_PER_S = 1_000
const NS_PER_MS = 1e6
const BYTES_PER_MB = 1e6

export interface RunCost {
  frames: number
  wallS: number
  framesPerS: number
  cpuMsPerFrame: number
  rssPeakMb: number
  loopDelayP99Ms: number
  loopDelayMaxMs: number
}

/** @param work does the work and answers how many frames went through */
export async function measureRun(work: () => Promise<number>): Promise<RunCost> {
  let rssPeak = process.memoryUsage.rss()
  const memory = setInterval(
    () => (rssPeak = Math.max(rssPeak, process.memoryUsage.rss())),
    MEMORY_INTERVAL_MS,
  )
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const frames = await work()
  const wallS = (performance.now() - startedMs) / MS_PER_S
  const cpu = process.cpuUsage(cpuBefore)
  loop.disable()
  clearInterval(memory)
  return {
    frames,
    wallS: round(wallS),
    framesPerS: round(frames / wallS),
    cpuMsPerFrame: round((cpu.user + cpu.system) / MS_PER_S / frames),
    rssPeakMb: Math.round(rssPeak / BYTES_PER_MB),
    loopDelayP99Ms: round(loop.percentile(99) / NS_PER_MS),
    loopDelayMaxMs: round(loop.max / NS_PER_MS),
  }
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
