// A camera that dies twice while another source works on: how long each return takes, and what was found meanwhile.
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { startRtspServer } from '@sam3-fleet/test-kit/rtsp-server'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { addSource, isAtWork, readSources, readStats } from './drill-device.ts'
import { startFleetOfOne } from './fleet-of-one.ts'
import { readDevice, type VideoWork } from './read-device.ts'
import { watchSources, type SourceWatch, type StateChange } from './source-watch.ts'

/** Milliseconds that the camera stays dead. */
const DEAD_MS = 10_000
const DEADLINE_MS = 120_000
const POLL_MS = 200

interface Outage {
  /** From the kill until the device says that the camera is gone. */
  noticedS: number | null
  deadS: number
  /** From the camera being up again to the first new frame. */
  reconnectS: number
  /** Longest time without a new frame of the file beside it, from the kill to the camera's first new frame. */
  fileLongestGapS: number
}

export interface RtspDrillResult {
  minutes: number
  pollMs: number
  firstFrameS: number
  outages: Outage[]
  cameraStates: StateChange[]
  /** The file is added again under a new name whenever it is worked through. */
  filesWorkedThrough: number
  fileStates: string[]
  fileLongestGapS: number
  framesDropped: number
  detections: number
  sightings: { camera: number; files: number }
  entriesNotYetInCentre: number
  /** One for each connection of the camera and each file. */
  videos: VideoWork[]
}

export async function runRtspDrill(options: {
  packagesDir: string
  minutes: number
  onStep: (text: string) => void
}): Promise<RtspDrillResult> {
  await using camera = await startRtspServer(clipPath('vtest.avi'))
  await using fleet = await startFleetOfOne({ packagesDir: options.packagesDir, stack: 'embedded' })
  await using watch = watchSources(fleet.deviceUrl, POLL_MS)
  const startedMs = systemClock.monotonicMs()
  const lastsMs = options.minutes * 60_000
  const cameraId = await addSource(fleet.deviceUrl, { name: 'camera', uri: camera.url })
  await using files = keepFilesComing(fleet.deviceUrl)
  await newFrame(watch, cameraId, startedMs)
  const firstFrameS = seconds(systemClock.monotonicMs() - startedMs)
  options.onStep(`first frame after ${firstFrameS} s`)

  const outages: Outage[] = []
  for (const part of [1 / 3, 2 / 3]) {
    await systemClock.sleep(Math.max(0, startedMs + part * lastsMs - systemClock.monotonicMs()))
    const killedMs = systemClock.monotonicMs()
    const changesBefore = watch.changes(cameraId).length
    await camera.kill9()
    await systemClock.sleep(DEAD_MS)
    await camera.restart()
    const upMs = systemClock.monotonicMs()
    await newFrame(watch, cameraId, upMs)
    const backMs = watch.newFrameAtMs(cameraId) ?? upMs
    const noticed = watch.changes(cameraId)[changesBefore]
    outages.push({
      noticedS: noticed ? round(noticed.atS - (killedMs - startedMs) / 1_000) : null,
      deadS: seconds(upMs - killedMs),
      reconnectS: seconds(backMs - upMs),
      fileLongestGapS: seconds(files.longestGapMs(watch, [killedMs, backMs])),
    })
    options.onStep(`outage ${outages.length}: ${JSON.stringify(outages.at(-1))}`)
  }
  await systemClock.sleep(Math.max(0, startedMs + lastsMs - systemClock.monotonicMs()))
  const endedMs = systemClock.monotonicMs()
  const stats = await readStats(fleet.deviceUrl)
  const names = new Map((await readSources(fleet.deviceUrl)).map((source) => [source.id, source.name]))
  await watch[Symbol.asyncDispose]()
  await files[Symbol.asyncDispose]()
  await fleet.device.stop()
  const device = readDevice(fleet.devicePath)
  const ofCamera = device.sightings.filter((sighting) => sighting['sourceId'] === cameraId).length
  return {
    minutes: options.minutes,
    pollMs: POLL_MS,
    firstFrameS,
    outages,
    cameraStates: watch.changes(cameraId),
    filesWorkedThrough: files.ids().filter((id) => watch.changes(id).at(-1)?.state === 'finished').length,
    fileStates: [...names.keys()]
      .filter((id) => id !== cameraId)
      .map(
        (id) =>
          `${names.get(id)}: ${watch
            .changes(id)
            .map((change) => change.state)
            .join(', ')}`,
      ),
    fileLongestGapS: seconds(files.longestGapMs(watch, [startedMs, endedMs])),
    framesDropped: stats?.pipeline.framesDropped ?? 0,
    detections: device.detections,
    sightings: { camera: ofCamera, files: device.sightings.length - ofCamera },
    entriesNotYetInCentre: stats?.sync.backlogEntries ?? 0,
    videos: device.videos,
  }
}

async function newFrame(watch: SourceWatch, sourceId: string, afterMs: number): Promise<void> {
  await waitUntil('a new frame', () => (watch.newFrameAtMs(sourceId) ?? 0) > afterMs, {
    deadlineMs: DEADLINE_MS,
  })
}

interface Files extends AsyncDisposable {
  ids(): string[]
  /** Longest time in which no file of them brought a new frame. */
  longestGapMs(watch: SourceWatch, withinMs: readonly [number, number]): number
}

/** One file is at work at any time: the next is added when the last one is worked through. */
function keepFilesComing(deviceUrl: string): Files {
  const abort = new AbortController()
  const ids: string[] = []
  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      const current = (await readSources(deviceUrl)).find((source) => source.id === ids.at(-1))
      if (!current || !isAtWork(current)) {
        const name = `file beside it ${ids.length + 1}`
        ids.push(await addSource(deviceUrl, { name, uri: clipPath('vtest.avi') }))
      }
      await systemClock.sleep(POLL_MS, abort.signal)
    }
  }
  const running = run().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  running.catch(() => undefined)
  return {
    ids: () => ids,
    longestGapMs: (watch, withinMs) => watch.longestGapMs(ids, withinMs),
    async [Symbol.asyncDispose]() {
      abort.abort()
      await running
    },
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function seconds(ms: number): number {
  return round(ms / 1_000)
}
