import { describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { startRtspServer } from '@sam3-fleet/test-kit/rtsp-server'
import { openAvFrameSource } from './av-frame-source.ts'
import type { FrameSource, OpenFrameSource } from './frame-source.ts'
import { gstFrameSources } from './testing/open-gst-source.ts'

/** More than a stream's silence may last, and what a busy machine adds. */
const LOSS_MAX_MS = 40_000
const LOST = { code: 'SOURCE_UNAVAILABLE' }

function openStream(open: OpenFrameSource, uri: string, signal: AbortSignal): Promise<FrameSource> {
  return open({
    uri,
    kind: 'rtsp',
    detectFps: 5,
    input: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
    queueMax: 2,
    signal,
  })
}

async function takeFrames(source: FrameSource, count: number): Promise<number[]> {
  const times: number[] = []
  for await (const { ptsMs, frame } of source.frames(0)) {
    expect([frame.image.width, frame.image.height]).toEqual([768, 576])
    times.push(ptsMs)
    if (times.length === count) break
  }
  return times
}

describe.each([
  ['FFmpeg', openAvFrameSource],
  ['GStreamer', gstFrameSources()],
])('streams through %s', (_, open) => {
  async function readUntilLost(lose: () => void | Promise<unknown>, url: string): Promise<void> {
    await using source = await openStream(open, url, AbortSignal.timeout(LOSS_MAX_MS))
    let isLosing = false
    for await (const { frameIdx } of source.frames(0)) {
      expect(frameIdx).toBeGreaterThanOrEqual(0)
      if (isLosing) continue
      isLosing = true
      await lose()
    }
  }

  test.each([1, 8])('%i at once give frames at the wanted rate', async (count) => {
    await using camera = await startRtspServer(clipPath('vtest.avi'))
    const stop = new AbortController()
    await using sources = new AsyncDisposableStack()
    const opened = await Promise.all(
      Array.from({ length: count }, async () => sources.use(await openStream(open, camera.url, stop.signal))),
    )
    expect(opened[0]?.info).toMatchObject({ width: 768, height: 576, durationMs: null })
    for (const times of await Promise.all(opened.map((source) => takeFrames(source, 6)))) {
      // The clip has 10 frames a second, every second one is wanted; what is late is dropped, never doubled.
      const steps = times.slice(1).map((timeMs, n) => timeMs - (times[n] as number))
      expect(Math.min(...steps)).toBeGreaterThan(150)
      expect(times[0]).toBe(0)
    }
  })

  test('a camera that dies, or goes silent with its connection open, is told as lost', async () => {
    await using camera = await startRtspServer(clipPath('vtest.avi'))
    await expect(readUntilLost(() => camera.kill9(), camera.url)).rejects.toMatchObject(LOST)
    await camera.restart()
    await expect(readUntilLost(() => camera.pause(), camera.url)).rejects.toMatchObject(LOST)
    camera.resume()
  })

  test('frames that nobody has time for are dropped and counted', async () => {
    await using camera = await startRtspServer(clipPath('vtest.avi'))
    await using source = await openStream(open, camera.url, new AbortController().signal)
    const frames = source.frames(0)[Symbol.asyncIterator]()
    // Two wait in the queue while the camera goes on; the third says what was dropped meanwhile.
    const first = await frames.next()
    const startedMs = performance.now()
    await expect.poll(() => performance.now() - startedMs, { interval: 100 }).toBeGreaterThan(2_000)
    let last = first
    for (let n = 0; n < 4; n++) last = await frames.next()
    expect(source.dropped).toBeGreaterThan(2)
    expect(last.done).toBe(false)
    await frames.return?.()
  })
})
