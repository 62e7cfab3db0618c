// Room for what cameras bring, and how fast a commit reaches the disk: every sighting waits for one.
import { mkdir, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, ok, warning, type Check } from './finding.ts'

/** Bytes below which the agent pauses detection (disk/disk-guard.ts), and below which somebody should look. */
const FLOOR_BYTES = 768e6
const SHORT_BYTES = 5e9
/** Commits that are timed, and bytes of each: a page of SQLite. */
const COMMITS = 32
const COMMIT_BYTES = 4_096
/** Commits a second below which several cameras wait for the disk; a worn SD card is slower. */
const SLOW_PER_S = 50

export const checkDisk =
  ({ dataDir, nowMs }: { dataDir: string; nowMs: () => number }): Check =>
  async () => {
    try {
      await mkdir(dataDir, { recursive: true })
      const { bavail, bsize } = await statfs(dataDir)
      const free = bavail * bsize
      const detail = `${(free / 1e9).toFixed(1)} GB free in ${dataDir}`
      const todo = 'Free some, set FLEET_DISK_MAX_GB, or move FLEET_DATA_DIR to a larger disk.'
      const room =
        free < FLOOR_BYTES
          ? failure('disk-space', `${detail}: detection pauses`, todo)
          : free < SHORT_BYTES
            ? warning('disk-space', detail, todo)
            : ok('disk-space', detail)
      const perS = await measureCommits(dataDir, nowMs)
      const rate = `${Math.round(perS)} commits a second reach the disk`
      return [
        room,
        perS < SLOW_PER_S
          ? warning('disk-commits', rate, 'Put FLEET_DATA_DIR on NVMe or eMMC rather than on an SD card.')
          : ok('disk-commits', rate),
      ]
    } catch (thrown) {
      return [
        failure(
          'disk-space',
          `${dataDir} cannot be written: ${(thrown as Error).message}`,
          'Give the folder to the user that the agent runs as.',
        ),
      ]
    }
  }

async function measureCommits(dataDir: string, nowMs: () => number): Promise<number> {
  const path = join(dataDir, `.commit-rate-${process.pid}`)
  const file = await open(path, 'w')
  try {
    const page = Buffer.alloc(COMMIT_BYTES, 1)
    const startedMs = nowMs()
    for (let at = 0; at < COMMITS; at++) {
      await file.write(page, 0, COMMIT_BYTES, at * COMMIT_BYTES)
      await file.datasync()
    }
    return COMMITS / Math.max(1e-3, (nowMs() - startedMs) / 1_000)
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
