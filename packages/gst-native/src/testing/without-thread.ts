// A process that opens a capture while it has no memory for a thread's stack, and prints the events that come of it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { element } from '../graph.ts'
import { loadGstAddon, type CaptureEvent } from '../native-addon.ts'

/** Kilobytes that may still be mapped: a stack asks for eight megabytes. */
const SPARE_KB = 6 * 1024

/** Of this process; the hard limit stays, so that it can be raised again. */
function limitAddresses(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--as=${bytes}:`])
}

const addon = loadGstAddon()
addon.initialise()
limitAddresses('unlimited')
const mappedKb = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
limitAddresses((mappedKb + SPARE_KB) * 1024)
const events: CaptureEvent[] = []
const capture = new addon.Capture(
  {
    graph: {
      source: [element('videotestsrc')],
      branches: [],
      tail: [element('identity')],
    },
    isLive: true,
    detectFps: 5,
    limits: { pixelsMax: 1_000_000, streamsMax: 4, durationMaxMs: 1_000, silenceMaxMs: 1_000 },
  },
  (event) => {
    events.push(event)
    if (event.type === 'info') capture.stop()
    if (event.type === 'closed') process.stdout.write(JSON.stringify(events))
  },
)
limitAddresses('unlimited')
