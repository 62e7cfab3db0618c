// Watches how full the disk is. Short of room, what the centre has safely goes first, oldest first; what it does not
// have is never deleted: at the floor detection pauses and says so.
import { statfs } from 'node:fs/promises'
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Bytes that stay free, so that the database can still commit and the operator can still log in. */
const FLOOR_BYTES = 512 * 1024 * 1024
/** Bytes above the floor before work goes on again, so that it does not flicker. */
const RESUME_BYTES = 256 * 1024 * 1024
const LOOK_INTERVAL_MS = 5_000
/** Rounds of freeing in one look; each is one short transaction. */
const RECLAIM_ROUNDS_MAX = 20

export interface DiskState {
  usedBytes: number
  freeBytes: number
  paused: boolean
}

export interface DiskGuard {
  run(signal: AbortSignal): Promise<void>
  state(): DiskState
  /** Resolves when there is room to work. */
  hasRoom(signal: AbortSignal): Promise<void>
}

export interface DiskGuardOptions {
  dir: string
  /** Most that may be used, in bytes; null: until the floor of the disk. */
  maxBytes: number | null
  clock: Clock
  /** Bytes that this device keeps, and bytes of its files that are free to be written again. */
  measure: () => Promise<{ usedBytes: number; reusableBytes: number }>
  /** Deletes some of what may go; returns how many bytes that freed, 0 when nothing may go any more. */
  reclaim: () => number
  stat?: (dir: string) => Promise<{ bavail: number; bsize: number }>
}

export function createDiskGuard(options: DiskGuardOptions): DiskGuard {
  const stat = options.stat ?? statfs
  let state: DiskState = { usedBytes: 0, freeBytes: Number.MAX_SAFE_INTEGER, paused: false }
  const waiting = new Set<() => void>()

  /** Bytes that may still be written before the floor or the budget is reached. */
  async function readRoom(): Promise<{ left: number; usedBytes: number; freeBytes: number }> {
    const { bavail, bsize } = await stat(options.dir)
    const { usedBytes, reusableBytes } = await options.measure()
    const diskLeft = bavail * bsize + reusableBytes - FLOOR_BYTES
    const budgetLeft = options.maxBytes === null ? Number.MAX_SAFE_INTEGER : options.maxBytes - usedBytes
    return { left: Math.min(diskLeft, budgetLeft), usedBytes, freeBytes: bavail * bsize }
  }

  async function look(): Promise<void> {
    let room = await readRoom()
    for (let round = 0; round < RECLAIM_ROUNDS_MAX && room.left < RESUME_BYTES; round++) {
      if (options.reclaim() === 0) break
      room = await readRoom()
    }
    const paused = state.paused ? room.left < RESUME_BYTES : room.left <= 0
    state = { usedBytes: room.usedBytes, freeBytes: room.freeBytes, paused }
    if (!paused) for (const resolve of waiting) resolve()
  }

  return {
    state: () => state,
    async run(signal) {
      while (!signal.aborted) {
        await look()
        await options.clock.sleep(LOOK_INTERVAL_MS, signal).catch(() => undefined)
      }
    },
    hasRoom(signal) {
      if (!state.paused) return Promise.resolve()
      return new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
        signal.addEventListener('abort', done, { once: true })
      })
    },
  }
}
