// What systemd hears of the agent: that it is ready, that its event loop still turns, that it is stopping. Node has no
// datagram sockets for Unix paths, so systemd's own little program carries the words: a few milliseconds once a minute.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Clock } from '@sam3-fleet/shared/time/clock'

const run = promisify(execFile)
const NOTIFIER = 'systemd-notify'
/** Milliseconds for one word; a machine that needs longer has a watchdog that is about to bite anyway. */
const WORD_MAX_MS = 10_000
/** Words in one watchdog interval: one may be lost without harm. */
const WORDS_PER_INTERVAL = 3

export interface ServiceManager {
  /** Says that the agent is ready, then that it lives, until `signal` fires; then that it stops. Never throws. */
  run(signal: AbortSignal): Promise<void>
}

/** Silent where nobody listens: without systemd, in a container, in tests. */
export function createServiceManager({
  env,
  clock,
  onSilence,
}: {
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  /** Called once when words do not get through: the watchdog will restart an agent that is well. */
  onSilence: (reason: string) => void
}): ServiceManager {
  const socket = env['NOTIFY_SOCKET']
  const intervalMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1_000
  let isSilent = false

  async function say(...words: string[]): Promise<void> {
    await run(NOTIFIER, words, {
      timeout: WORD_MAX_MS,
      env: { PATH: env['PATH'], NOTIFY_SOCKET: socket },
    }).catch((error: Error) => {
      if (!isSilent) onSilence(error.message)
      isSilent = true
    })
  }

  return {
    async run(signal) {
      if (!socket) return
      await say('READY=1')
      while (!signal.aborted && intervalMs > 0) {
        await clock.sleep(intervalMs / WORDS_PER_INTERVAL, signal).catch(() => undefined)
        if (!signal.aborted) await say('WATCHDOG=1')
      }
      // Without a watchdog there is nothing to say until then: a service that says that it stops is made to.
      if (!signal.aborted) await once(signal, 'abort')
      await say('STOPPING=1')
    },
  }
}
