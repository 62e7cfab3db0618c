import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { openTestStore, TEST_NOW_MS } from '../store/testing/test-store.ts'
import { readResults, type RunResults } from './testing/read-results.ts'

const SCRIPT = fileURLToPath(new URL('./fixtures/work-through.ts', import.meta.url))
const CLIP = clipPath('bikes.mp4')
/** 60 of its 250 frames are looked at. */
const DETECT_FPS = 6
/** Milliseconds: five processes, each of which loads its models. */
const LIVES_MAX_MS = 600_000

/** Frames that a process may be ahead of its killer. */
const AHEAD_MAX = 6

type Death = { signal: 'SIGKILL' | 'SIGTERM'; afterFrames: number }

/** Works the clip through in one process after the other, each of which is ended by a signal but the last. */
async function workThrough(path: string, deaths: readonly Death[]): Promise<RunResults> {
  const videoId = randomUUID()
  {
    using store = openTestStore(path)
    const input = { name: 'road', uri: CLIP, prompts: [], detectFps: DETECT_FPS, enabled: true }
    const { record } = store.sources.upsertSource(input, 'file')
    store.videos.openVideo({
      id: videoId,
      sourceId: record.id,
      path: CLIP,
      sha256: null,
      width: null,
      height: null,
      durationMs: null,
      timeOrigin: 'recorded_at',
      originMs: TEST_NOW_MS,
    })
  }
  for (const death of [...deaths, null]) {
    const looksMax = death ? death.afterFrames + AHEAD_MAX : Infinity
    const args = [path, videoId, String(DETECT_FPS), String(looksMax)]
    const child = spawn(process.execPath, ['--conditions=source', SCRIPT, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>
    let frames = 0
    createInterface(child.stdout).on('line', () => {
      frames += 1
      if (frames === death?.afterFrames) child.kill(death.signal)
    })
    const [code, signal] = await exited
    expect([code, signal]).toEqual(death?.signal === 'SIGKILL' ? [null, 'SIGKILL'] : [0, null])
  }
  using store = openTestStore(path)
  return readResults(store.db, videoId)
}

test(
  'a clip whose process was killed twice and stopped once ends as one that nothing happened to',
  { timeout: LIVES_MAX_MS },
  async () => {
    await using dir = await createTempDir('lives')
    const undisturbed = await workThrough(join(dir.path, 'undisturbed.db'), [])
    expect(undisturbed).toMatchObject({ finished: 1, leftovers: [] })
    expect(undisturbed.detections.length).toBeGreaterThan(30)
    const deaths: Death[] = [
      { signal: 'SIGKILL', afterFrames: randomInt(8, 16) },
      { signal: 'SIGTERM', afterFrames: randomInt(4, 10) },
      { signal: 'SIGKILL', afterFrames: randomInt(4, 10) },
    ]
    const disturbed = await workThrough(join(dir.path, 'disturbed.db'), deaths)
    expect({ deaths, ...disturbed }).toEqual({ deaths, ...undisturbed })
  },
)
