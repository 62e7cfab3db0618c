// Works clips through on a device that nothing happens to: what every disturbed one is measured against.
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { clipPath, type ClipName } from '@sam3-fleet/test-kit/media'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { addSource, isAtWork, readStats } from './drill-device.ts'
import { startFleetOfOne, type Stack } from './fleet-of-one.ts'
import { readDevice, type VideoWork } from './read-device.ts'

const DONE_DEADLINE_MS = 10 * 60_000

export interface UndisturbedOptions {
  packagesDir: string
  stack: Stack
  clips: readonly ClipName[]
  detectFps: number
  onStep: (text: string) => void
}

/** @returns what the device has of each clip when all of them are worked through */
export async function workUndisturbed(options: UndisturbedOptions): Promise<Map<ClipName, VideoWork>> {
  options.onStep(`working through ${options.clips.join(' and ')} undisturbed`)
  await using fleet = await startFleetOfOne(options)
  for (const clip of options.clips)
    await addSource(fleet.deviceUrl, { name: clip, uri: clipPath(clip), detect_fps: options.detectFps })
  await waitUntil(
    'all clips to be worked through',
    async () => {
      const stats = await readStats(fleet.deviceUrl)
      return stats !== null && !stats.sources.some(isAtWork)
    },
    { deadlineMs: DONE_DEADLINE_MS, intervalMs: 500 },
  )
  await fleet.device.stop()
  const { videos } = readDevice(fleet.devicePath)
  return new Map(
    options.clips.map((clip) => [
      clip,
      must(
        videos.find(({ source }) => source === clip),
        `the work on ${clip}`,
      ),
    ]),
  )
}
