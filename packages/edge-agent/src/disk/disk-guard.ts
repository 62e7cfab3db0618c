// Watches how full the disk is. What the centre does not have is never deleted; at the floor detection pauses and says so.
import { statfs } from 'node:fs/promises'
import type { Clock } from '@sam3-fleet/shared/time/clock'

/** Bytes that stay free, so that the database can still commit and the operator can still log in. */
const FLOOR_BYTES = 512 * 1024 * 1024
/** Bytes above the floor before work goes on again, so that it does not flicker. */
const RESUME_BYTES = 256 * 1024 * 1024
const LOOK_INTERVAL_MS = 5_000

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
  /** Bytes that this device keeps. */
  usedBytes: () => number
  stat?: (dir: string) => Promise<{ bavail: number; bsize: number }>
}

export function createDiskGuard(options: DiskGuardOptions): DiskGuard {
  const stat = options.stat ?? statfs
  let state: DiskState = { usedBytes: 0, freeBytes: Number.MAX_SAFE_INTEGER, paused: false }
  const waiting = new Set<() => void>()

  async function look(): Promise<void> {
    const { bavail, bsize } = await stat(options.dir)
    const usedBytes = options.usedBytes()
    const diskLeft = bavail * bsize - FLOOR_BYTES
    const left = options.maxBytes === null ? diskLeft : Math.min(diskLeft, options.maxBytes - usedBytes)
    const paused = state.paused ? left < RESUME_BYTES : left <= 0
    state = { usedBytes, freeBytes: bavail * bsize, paused }
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
