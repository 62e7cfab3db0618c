// A camera for tests: gst-rtsp-server plays a clip in a loop as H.264 over RTSP, and can die and come back.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { createRestartable, type Restartable } from './restartable.ts'
import { spawnService } from './spawn-service.ts'

/** Debian's own Python: the GStreamer bindings are packages of it, whatever `python3` comes first in PATH. */
const PYTHON = '/usr/bin/python3'
const SCRIPT = fileURLToPath(new URL('../rtsp-server.py', import.meta.url))
/** Encoded clips are shared by all tests of this machine. */
const ENCODED_DIR = join(tmpdir(), 'sam3-fleet-rtsp')
/** The first start of a clip encodes it: some seconds for a minute of video on a busy machine. */
const READY_DEADLINE_MS = 120_000

export interface RtspServer extends Restartable {
  readonly port: number
  /** `rtsp://127.0.0.1:PORT/camera`, the same after a restart. */
  readonly url: string
}

/** @param clip path of a video file, for example of `clipPath('vtest.avi')` */
export async function startRtspServer(clip: string): Promise<RtspServer> {
  const port = await freePort()
  const camera = await createRestartable({
    start: () =>
      spawnService({
        name: 'rtsp-server',
        command: PYTHON,
        args: [SCRIPT, clip, String(port), ENCODED_DIR],
        ready: /^ready rtsp:/,
        readyDeadlineMs: READY_DEADLINE_MS,
      }),
  })
  return Object.assign(camera, { port, url: `rtsp://127.0.0.1:${port}/camera` })
}
