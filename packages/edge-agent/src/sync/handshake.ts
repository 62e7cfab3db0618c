// Hello until welcome: says where the outbox stands and does what the centre answers (rules A1, A2, A3, A8).
// Nothing is sent before a welcome says `resume` for the epoch that the outbox is in now.
import { randomUUID } from 'node:crypto'
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Outbox } from '../store/outbox.ts'

/** Milliseconds to wait for a welcome before the hello is said again; the centre may be down while the broker is up. */
const HELLO_RETRY_MS = 5_000
/** Milliseconds after a refusal: only a person can change it. */
const REFUSED_RETRY_MS = 60_000

export interface DeviceCard {
  deviceId: string
  name: string
  bootId: string
  agentVersion: string
  pack: Hello['pack']
}

export interface HandshakeOptions {
  card: DeviceCard
  outbox: Outbox
  clock: Clock
  sendHello: (hello: Hello) => void
  onRefused: (reason: string) => void
}

export interface Handshake {
  /** Says hello again and again until the centre lets the device send, or `signal` fires (then null). */
  run(signal: AbortSignal): Promise<Welcome | null>
  /** Whether it answers the last hello; any other changes nothing. */
  onWelcome(welcome: Welcome): boolean
}

export function createHandshake(options: HandshakeOptions): Handshake {
  const { card, outbox } = options
  let answer: { helloId: string; resolve: (welcome: Welcome) => void } | null = null

  function hello(helloId: string): Hello {
    const { epoch, maxSeq, minSeq, lastAck } = outbox.position()
    return {
      v: PROTOCOL_VERSION,
      helloId,
      ...card,
      epoch,
      maxSeq,
      minSeq,
      lastAck: lastAck && { incarnation: lastAck.incarnation, hwm: lastAck.hwm, hash: lastAck.hash },
      spaces: outbox.spaces(),
    }
  }

  async function ask(signal: AbortSignal): Promise<Welcome | null> {
    const helloId = randomUUID()
    const round = new AbortController()
    const welcomed = new Promise<Welcome>((resolve) => (answer = { helloId, resolve }))
    options.sendHello(hello(helloId))
    const late = options.clock.sleep(HELLO_RETRY_MS, AbortSignal.any([signal, round.signal])).then(
      () => null,
      () => null,
    )
    const welcome = await Promise.race([welcomed, late])
    round.abort()
    return welcome
  }

  /** Whether the device may send now; otherwise the next hello says where it stands after what was done here. */
  async function act(welcome: Welcome, signal: AbortSignal): Promise<boolean> {
    if (welcome.action === 'refused') {
      options.onRefused(welcome.reason)
      await options.clock.sleep(REFUSED_RETRY_MS, signal).catch(() => undefined)
      return false
    }
    if (welcome.action === 'new_epoch') {
      outbox.mintEpoch(welcome.reason)
      return false
    }
    outbox.applyWelcome(welcome)
    return outbox.position().epoch === welcome.epoch
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        const welcome = await ask(signal)
        if (welcome && (await act(welcome, signal))) return welcome
      }
      return null
    },
    onWelcome(welcome) {
      if (welcome.helloId !== answer?.helloId) return false
      answer.resolve(welcome)
      return true
    },
  }
}
