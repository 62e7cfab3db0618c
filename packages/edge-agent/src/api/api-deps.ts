// What the REST API needs from the agent; the routes know nothing else.
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Detector } from '@sam3-fleet/models/detect/detector'
import type { Segmenter } from '@sam3-fleet/models/segment/segmenter'
import type { PromptInterpreter } from '@sam3-fleet/models/prompt/prompt-interpreter'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import type { JobIntake } from '../commands/job-intake.ts'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { SightingSearch } from '../search/sighting-search.ts'
import type { RegroupingService } from '../regroup/regrouping.ts'
import type { BoardWatch } from '../sense/board-watch.ts'
import type { JobStore } from '../store/job-store.ts'
import type { Outbox } from '../store/outbox.ts'
import type { SourceStore } from '../store/source-store.ts'
import type { SqliteReaders } from '../store/sqlite-readers.ts'
import type { VideoStore } from '../store/video-store.ts'

export interface ApiDeps {
  deviceId: string
  deviceName: string
  version: string
  pack: { id: string; version: string }
  token: string | null
  uploadsDir: string
  detector: Detector
  segmenter: Segmenter
  thresholds: { track: number; low: number }
  interpreter: PromptInterpreter
  search: SightingSearch
  readers: SqliteReaders
  sources: SourceStore
  jobs: JobStore
  videos: Pick<VideoStore, 'video'>
  outbox: Pick<Outbox, 'position' | 'read'>
  jobRunner: JobRunner
  intake: JobIntake
  regrouping: RegroupingService
  metrics: Registry
  indexState: () => { kind: string; size: number; reason: string | null }
  board: Pick<BoardWatch, 'reading' | 'governed'>
  /** Whether the disk is at its floor, so that nothing new is taken in. */
  isDiskPaused: () => boolean
  uptimeS: () => number
  readStatus: () => Promise<DeviceStatus>
  newId: () => string
  log: Logger
}
