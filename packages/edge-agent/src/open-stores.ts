// The device's database with everything that reads and writes it, and who the device is.
import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { EdgeConfig } from './config/edge-config.ts'
import { redactUri } from './sources/source-uri.ts'
import { keepDeviceId, readKeptDeviceId } from './store/identity-file.ts'
import type { JobStore } from './store/job-store.ts'
import { openDatabase } from './store/open-database.ts'
import { readIdentity, type DeviceIdentity } from './store/sqlite-device.ts'
import { createSqliteJobStore } from './store/sqlite-job-store.ts'
import { createSqliteOutbox, type SqliteOutbox } from './store/sqlite-outbox.ts'
import { createSqliteReaders, type SqliteReaders } from './store/sqlite-readers.ts'
import { createSqliteSourceStore, type SqliteSourceStore } from './store/sqlite-source-store.ts'
import { createSqliteVideoStore } from './store/sqlite-video-store.ts'
import type { VideoStore } from './store/video-store.ts'

export interface Stores extends Disposable {
  db: Database
  device: DeviceIdentity
  outbox: SqliteOutbox
  videos: VideoStore
  sources: SqliteSourceStore
  jobs: JobStore
  readers: SqliteReaders
  /** What a person should know about how the database was found; empty when all is well. */
  warnings: string[]
}

/** @throws FleetError CONFIG_INVALID when the database is not this device's or cannot be kept safely. */
export function openStores(config: EdgeConfig, clock: Clock): Stores {
  const nowMs = (): number => clock.nowMs()
  const newId = (): string => uuidv7()
  const { db, setAside } = openDatabase(config.databasePath, nowMs())
  try {
    const deviceId = config.deviceId ?? readKeptDeviceId(config.databasePath)
    const device = readIdentity(
      db,
      { deviceId, name: config.deviceName },
      { nowMs: nowMs(), randomId: randomUUID },
    )
    keepDeviceId(config.databasePath, device.deviceId)
    const common = { deviceId: device.deviceId, nowMs, newId }
    const outbox = createSqliteOutbox(db, { ...common, clock, redactUri })
    const { enqueue } = outbox
    const videos = createSqliteVideoStore(db, common)
    return {
      db,
      device,
      outbox,
      videos,
      sources: createSqliteSourceStore(db, { ...common, enqueue, redactUri }),
      jobs: createSqliteJobStore(db, { ...common, enqueue, videos }),
      readers: createSqliteReaders(db),
      warnings:
        setAside === null ? [] : [`the database was damaged and is now ${setAside}; a new one was begun`],
      [Symbol.dispose]: () => void db.close(),
    }
  } catch (error) {
    db.close()
    throw error
  }
}
