// A camera that dies twice while another source works on: how long each return takes, and what was found meanwhile.
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { startRtspServer } from '@sam3-fleet/test-kit/rtsp-server'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { addSource, readStats, type DrillStats } from './drill-device.ts'
import { startFleetOfOne } from './fleet-of-one.ts'

/** Milliseconds that the camera stays dead. */
const DEAD_MS = 10_000
const DEADLINE_MS = 120_000

export interface RtspDrillResult {
  minutes: number
  firstFrameS: number
  /** From the camera being up again to the next new frame. */
  reconnectS: number[]
  detections: number
  sightings: number
  framesDropped: number
  otherSource: string
}

export async function runRtspDrill(options: {
  packagesDir: string
  minutes: number
  onStep: (text: string) => void
}): Promise<RtspDrillResult> {
  await using camera = await startRtspServer(clipPath('vtest.avi'))
  await using fleet = await startFleetOfOne({ packagesDir: options.packagesDir, stack: 'embedded' })
  const startedMs = systemClock.monotonicMs()
  const cameraId = await addSource(fleet.deviceUrl, { name: 'camera', uri: camera.url })
  const otherId = await addSource(fleet.deviceUrl, { name: 'file beside it', uri: clipPath('bikes.mp4') })
  const lastFrame = (stats: DrillStats | null): number =>
    stats?.sources.find((source) => source.id === cameraId)?.lastFrameMs ?? 0
  const newFrameAfter = async (beforeMs: number): Promise<number> => {
    const fromMs = systemClock.monotonicMs()
    await waitUntil('a new frame', async () => lastFrame(await readStats(fleet.deviceUrl)) > beforeMs, {
      deadlineMs: DEADLINE_MS,
      intervalMs: 100,
    })
    return Math.round((systemClock.monotonicMs() - fromMs) / 100) / 10
  }

  const firstFrameS = await newFrameAfter(0)
  options.onStep(`first frame after ${firstFrameS} s`)
  const reconnectS: number[] = []
  for (const part of [1 / 3, 2 / 3]) {
    const untilMs = startedMs + part * options.minutes * 60_000
    await systemClock.sleep(Math.max(0, untilMs - systemClock.monotonicMs()))
    await camera.kill9()
    await systemClock.sleep(DEAD_MS)
    const before = lastFrame(await readStats(fleet.deviceUrl))
    await camera.restart()
    reconnectS.push(await newFrameAfter(before))
    options.onStep(
      `the camera was dead for ${DEAD_MS / 1_000} s; a new frame ${reconnectS.at(-1)} s after it was up again`,
    )
  }
  await systemClock.sleep(Math.max(0, startedMs + options.minutes * 60_000 - systemClock.monotonicMs()))
  const stats = await readStats(fleet.deviceUrl)
  return {
    minutes: options.minutes,
    firstFrameS,
    reconnectS,
    detections: stats?.totals.detections ?? 0,
    sightings: stats?.totals.sightings ?? 0,
    framesDropped: stats?.pipeline.framesDropped ?? 0,
    otherSource: stats?.sources.find((source) => source.id === otherId)?.state ?? 'unknown',
  }
}
