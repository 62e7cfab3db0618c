// A process whose worker threads are terminated, one after the other, while their captures tell of frames; it prints
// "alive" when it has outlived them.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { element } from '../graph.ts'
import { loadGstAddon } from '../native-addon.ts'

const WORKERS = 15
const CAPTURES = 4
/** Frames that one capture has memory for: more than come before its thread ends. */
const SLOTS = 3_000
const FRAMES_BEFORE_END = 8
const WIDTH = 320
const HEIGHT = 240
const INPUT = 32
/** Thousands of frames a second, so that one is always on its way. */
const CAPS = `video/x-raw,format=RGB,width=${WIDTH},height=${HEIGHT},framerate=1000/1`

function capture(onFrame: () => void): void {
  const limits = { pixelsMax: 1_000_000, streamsMax: 4, durationMaxMs: 1_000, silenceMaxMs: 5_000 }
  const source = [element('videotestsrc'), element('videoconvert'), element('capsfilter', { caps: CAPS })]
  const graph = { source, branches: [], tail: [element('identity')] }
  const placed = { scaledWidth: INPUT, scaledHeight: INPUT, padX: 0, padY: 0, padValue: 114 }
  const addon = loadGstAddon()
  addon.initialise()
  const opened = new addon.Capture({ graph, isLive: true, detectFps: 60, limits }, (event) => {
    if (event.type === 'error') throw new Error(event.message)
    if (event.type === 'frame') onFrame()
    if (event.type !== 'info') return
    const working = { width: WIDTH, height: HEIGHT }
    opened.start({ fromFrame: 0, working, input: { width: INPUT, height: INPUT, ...placed } })
    for (let n = 0; n < SLOTS; n++)
      opened.giveSlot(new ArrayBuffer(WIDTH * HEIGHT * 3), new ArrayBuffer(INPUT * INPUT * 3))
  })
}

if (isMainThread) {
  for (let n = 0; n < WORKERS; n++) {
    const worker = new Worker(new URL(import.meta.url))
    await once(worker, 'message')
    await worker.terminate()
  }
  process.stdout.write('alive')
} else {
  let told = 0
  const onFrame = (): void => {
    told += 1
    if (told === FRAMES_BEFORE_END) parentPort?.postMessage('frames')
  }
  for (let n = 0; n < CAPTURES; n++) capture(onFrame)
}
