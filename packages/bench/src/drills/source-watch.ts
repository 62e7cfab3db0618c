// Looks at the sources of a device all the time: every change of state, and the longest time without a new frame.
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { readSources, readStats } from './drill-device.ts'

export interface StateChange {
  atS: number
  state: string
  detail: string
}

export interface SourceWatch extends AsyncDisposable {
  changes(sourceId: string): StateChange[]
  /** Monotonic milliseconds at which the newest frame was first seen; null when there was none. */
  newFrameAtMs(sourceId: string): number | null
  /** Longest time in which none of these sources brought a new frame. */
  longestGapMs(sourceIds: readonly string[], withinMs: readonly [number, number]): number
}

interface Seen {
  lastFrame: number | null
  changes: StateChange[]
  frameTimesMs: number[]
}

export function watchSources(deviceUrl: string, pollMs: number): SourceWatch {
  const startedMs = systemClock.monotonicMs()
  const abort = new AbortController()
  const all = new Map<string, Seen>()
  const seen = (id: string): Seen => {
    const known = all.get(id) ?? { lastFrame: null, changes: [], frameTimesMs: [] }
    all.set(id, known)
    return known
  }

  async function look(): Promise<void> {
    const [sources, stats] = await Promise.all([readSources(deviceUrl), readStats(deviceUrl)])
    const nowMs = systemClock.monotonicMs()
    for (const source of sources) {
      const { changes } = seen(source.id)
      if (changes.at(-1)?.state === source.state) continue
      const atS = Math.round((nowMs - startedMs) / 100) / 10
      changes.push({ atS, state: source.state, detail: source.state_detail })
    }
    for (const { id, lastFrameMs } of stats?.sources ?? []) {
      const known = seen(id)
      if (lastFrameMs === null || lastFrameMs === known.lastFrame) continue
      known.lastFrame = lastFrameMs
      known.frameTimesMs.push(nowMs)
    }
  }

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      await look()
      await systemClock.sleep(pollMs, abort.signal)
    }
  }
  const running = run().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  running.catch(() => undefined)

  return {
    changes: (id) => seen(id).changes,
    newFrameAtMs: (id) => seen(id).frameTimesMs.at(-1) ?? null,
    longestGapMs(ids, [fromMs, toMs]) {
      const frames = ids.flatMap((id) => seen(id).frameTimesMs).filter((atMs) => atMs > fromMs && atMs < toMs)
      const times = [fromMs, ...frames.toSorted((a, b) => a - b), toMs]
      return Math.max(...times.slice(1).map((atMs, n) => atMs - (times[n] ?? atMs)))
    },
    async [Symbol.asyncDispose]() {
      abort.abort()
      await running
    },
  }
}
