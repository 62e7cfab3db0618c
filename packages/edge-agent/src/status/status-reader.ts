// What the device says of itself, gathered from its parts; sync adds its own.
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { DiskGuard } from '../disk/disk-guard.ts'
import type { PipelineRates } from '../pipeline/pipeline.ts'
import type { JobStore } from '../store/job-store.ts'
import type { SourceStore } from '../store/source-store.ts'
import type { BoardWatch } from '../sense/board-watch.ts'
import type { SqliteReaders } from '../store/sqlite-readers.ts'

/** Jobs that a status names; older ones are asked for. */
const JOBS_MAX = 16
const SOURCES_MAX = 256
/** Milliseconds that totals are kept: counting is not free. */
const TOTALS_KEEP_MS = 1_000

export interface StatusReaderDeps {
  clock: Clock
  readers: SqliteReaders
  sources: SourceStore
  jobs: JobStore
  pipeline: {
    rates(): PipelineRates
    sourceFps(sourceId: string): number
    lastFrameMs(sourceId: string): number | null
  }
  disk: DiskGuard
  board: Pick<BoardWatch, 'reading' | 'governed'>
  warnings: readonly string[]
}

export function createStatusReader(deps: StatusReaderDeps): () => Promise<Omit<DeviceStatus, 'sync'>> {
  const startedMs = deps.clock.monotonicMs()
  let totals: { atMs: number; value: DeviceStatus['totals'] } | null = null

  function readTotals(): DeviceStatus['totals'] {
    const nowMs = deps.clock.monotonicMs()
    if (!totals || nowMs - totals.atMs > TOTALS_KEEP_MS)
      totals = { atMs: nowMs, value: deps.readers.totals() }
    return totals.value
  }

  return async () => {
    const disk = deps.disk.state()
    const { factor, reason } = deps.board.governed()
    const warnings = [
      ...deps.warnings,
      ...(disk.paused ? ['the disk is at its floor: detection is paused until space is freed'] : []),
      ...(reason === null ? [] : [`detection runs at ${Math.round(factor * 100)} % of its rate: ${reason}`]),
    ]
    return {
      wallMs: deps.clock.nowMs(),
      uptimeS: (deps.clock.monotonicMs() - startedMs) / 1_000,
      sources: deps.sources
        .sources()
        .slice(0, SOURCES_MAX)
        .map(({ record }) => ({
          id: record.id,
          state: record.state,
          stateDetail: record.stateDetail,
          fps: deps.pipeline.sourceFps(record.id),
          lastFrameMs: deps.pipeline.lastFrameMs(record.id),
        })),
      jobs: deps.jobs.jobs(JOBS_MAX).map(({ id, status, progress }) => ({ id, status, progress })),
      totals: readTotals(),
      pipeline: deps.pipeline.rates(),
      disk,
      temperatureC: hottestOf(deps.board.reading().temperaturesC),
      warnings: warnings.slice(0, 16).map((warning) => warning.slice(0, 300)),
    }
  }
}

function hottestOf(temperaturesC: Readonly<Record<string, number>>): number | null {
  const all = Object.values(temperaturesC)
  return all.length === 0 ? null : Math.max(...all)
}
