import { describe, expect, it } from 'vitest'
import { clipPath } from './media.ts'
import { startRtspServer } from './rtsp-server.ts'
import { spawnService } from './spawn-service.ts'

/** Reads over TCP until that many frames came; fails when the stream ends or stands still before. */
async function readFrames(url: string, frames: number): Promise<number> {
  const pipeline = `rtspsrc location=${url} protocols=tcp latency=0 ! rtph264depay ! h264parse
    ! video/x-h264,alignment=au ! identity name=counter silent=false ! fakesink sync=false`
  let seen = 0
  await using _reader = await spawnService({
    name: 'reader',
    command: 'gst-launch-1.0',
    args: ['-v', ...pipeline.split(/\s+/)],
    ready: (log) => {
      seen = log.lines().filter((line) => line.includes('counter: last-message = chain')).length
      return seen >= frames
    },
  })
  return seen
}

describe('startRtspServer', () => {
  it('serves a clip past its end: the loop has no seam', async () => {
    await using camera = await startRtspServer(clipPath('carphone_pristine.mp4'))
    // 120 frames at 29.97 a second: the 130th is of the second round.
    expect(await readFrames(camera.url, 130)).toBeGreaterThanOrEqual(130)
  })

  it('dies with kill9 and is back at the same address after restart', async () => {
    await using camera = await startRtspServer(clipPath('carphone_pristine.mp4'))
    expect(await readFrames(camera.url, 5)).toBeGreaterThanOrEqual(5)
    await camera.kill9()
    await expect(readFrames(camera.url, 1)).rejects.toThrow(/connect/i)
    await camera.restart()
    expect(await readFrames(camera.url, 5)).toBeGreaterThanOrEqual(5)
  })
})
