import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { addVideo, openTestStore } from './testing/test-store.ts'

const LIVES = 20
const SCRIPT = fileURLToPath(new URL('./fixtures/commit-loop.ts', import.meta.url))

/**
 * Kills the loop at any moment: after a random number of lines, while it is somewhere in the commits that follow.
 * Tells what it said last.
 */
async function oneLife(args: string[]): Promise<{ framesDone: number; seq: number }> {
  const child = spawn(process.execPath, ['--conditions=source', SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let last = ''
  let linesLeft = randomInt(1, 60)
  createInterface(child.stdout).on('line', (line) => {
    last = line
    linesLeft -= 1
    if (linesLeft === 0) child.kill('SIGKILL')
  })
  await exited
  const [framesDone, seq] = last.split(' ').map(Number)
  return { framesDone: framesDone ?? 0, seq: seq ?? 0 }
}

test(
  `a process killed ${LIVES} times at any moment loses nothing that it called durable, and does no frame twice`,
  { timeout: 300_000 },
  async () => {
    await using dir = await createTempDir('kill')
    const path = join(dir.path, 'a.db')
    let ids = { sourceId: '', videoId: '' }
    {
      using store = openTestStore(path)
      ids = addVideo(store)
    }
    for (let life = 0; life < LIVES; life++) {
      const said = await oneLife([path, ids.videoId, ids.sourceId])
      using store = openTestStore(path)
      expect(store.setAside).toBeNull()
      expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok')
      const framesDone = store.videos.video(ids.videoId)?.framesDone ?? 0
      expect(framesDone).toBeGreaterThanOrEqual(said.framesDone)
      expect(store.outbox.position().maxSeq).toBeGreaterThanOrEqual(said.seq)
      const frames = store.db
        .prepare(
          'SELECT count(*) AS count, count(DISTINCT frame_idx) AS different, max(frame_idx) AS last FROM detections',
        )
        .get()
      expect(frames).toEqual({ count: framesDone, different: framesDone, last: framesDone - 1 })
      const seqs = store.db
        .prepare('SELECT count(*) AS count, min(seq) AS first, max(seq) AS last FROM outbox')
        .get() as { count: number; first: number; last: number }
      expect([seqs.first, seqs.last]).toEqual([1, seqs.count])
      const stale = store.db
        .prepare(
          `SELECT s.id FROM sightings s WHERE s.version <>
             (SELECT max(o.version) FROM outbox o WHERE o.id = s.id) OR s.outbox_seq <>
             (SELECT max(o.seq) FROM outbox o WHERE o.id = s.id)`,
        )
        .all()
      expect(stale).toEqual([])
    }
  },
)
