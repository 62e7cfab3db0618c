// The demo's devices, each with a real clip of its own that set-up brought from a package.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface DemoDevice {
  /** Stable id; people see `name`. */
  deviceId: string
  name: string
  /** Name in queries.ts. */
  key: string
  sourceName: string
  /** File path or rtsp:// address. */
  uri: string
  /** Looks a second: five follow people; a clip of short shots needs more to see anything three times. */
  detectFps: number
}

const CLIPS = [
  { key: 'gate', name: 'Gate', sourceName: 'Fire assembly point', file: 'vtest.avi', detectFps: 5 },
  { key: 'street', name: 'Street', sourceName: 'Street corner', file: 'bikes.mp4', detectFps: 10 },
  { key: 'cab', name: 'Cab', sourceName: 'Passenger seat', file: 'carphone_pristine.mp4', detectFps: 5 },
] as const

/** Devices of one demo: the clips in turn, then the user's own video on a device of its own. */
export function demoDevices(options: {
  mediaDir: string
  count: number
  video: string | null
}): DemoDevice[] {
  const devices: DemoDevice[] = Array.from({ length: options.count }, (_, n) => {
    const clip = CLIPS[n % CLIPS.length] as (typeof CLIPS)[number]
    const round = Math.floor(n / CLIPS.length)
    const suffix = round === 0 ? '' : `-${round + 1}`
    return {
      deviceId: `demo-${clip.key}${suffix}`,
      name: `${clip.name}${suffix.replace('-', ' ')}`,
      key: `${clip.key}${suffix}`,
      sourceName: clip.sourceName,
      uri: clipPath(options.mediaDir, clip.file),
      detectFps: clip.detectFps,
    }
  })
  if (options.video !== null) {
    const uri = /^rtsps?:\/\//.test(options.video) ? options.video : ownVideo(options.video)
    devices.push({
      deviceId: 'demo-own-video',
      name: 'Your video',
      key: 'own',
      sourceName: 'Your video',
      uri,
      detectFps: 5,
    })
  }
  return devices
}

function clipPath(mediaDir: string, file: string): string {
  const path = resolve(mediaDir, file)
  if (existsSync(path)) return path
  throw new FleetError('NOT_FOUND', `the clip ${file} is missing`, {
    hint: 'Run "npm run setup" once; it fetches the clips.',
  })
}

function ownVideo(path: string): string {
  const absolute = resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
  if (existsSync(absolute)) return absolute
  throw new FleetError('NOT_FOUND', `there is no video at ${path}`, {
    hint: 'Give the path of a file or an rtsp:// address.',
  })
}
