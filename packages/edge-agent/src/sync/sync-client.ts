// One device's side of sync: link, handshake, drainer, status and commands wired together. Owns no data: what must
// not be lost stands in the outbox before this folder hears of it.
import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import type { DeviceStatus, SyncCounters } from '@sam3-fleet/shared/fleet/device-status'
import { ackSchema } from '@sam3-fleet/shared/protocol/ack'
import { CONTROL_MAX_BYTES, STATUS_INTERVAL_MS } from '@sam3-fleet/shared/protocol/bounds'
import { centrePresenceSchema } from '@sam3-fleet/shared/protocol/centre-presence'
import { commandSchema } from '@sam3-fleet/shared/protocol/command'
import { parseTopic, topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import { welcomeSchema, type Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Outbox } from '../store/outbox.ts'
import { createCentreWatch } from './centre-watch.ts'
import type { CommandHandlers } from './command-handlers.ts'
import { createCommandListener } from './command-listener.ts'
import { createHandshake, type DeviceCard } from './handshake.ts'
import type { MqttLink } from './mqtt-link.ts'
import { createOutboxDrainer } from './outbox-drainer.ts'

/** Milliseconds between two purges of what may be deleted. */
const PURGE_INTERVAL_MS = 30_000

export interface SyncClientOptions {
  card: DeviceCard
  outbox: Outbox
  link: MqttLink
  handlers: CommandHandlers
  /** Everything of the status but sync's own part. */
  readStatus: () => Promise<Omit<DeviceStatus, 'sync'>>
  holdMaxBytes: number
  clock: Clock
  random: () => number
  log: Logger
}

export interface SyncClient {
  run(signal: AbortSignal): Promise<void>
  counters(): SyncCounters
  readonly connected: boolean
}

export function createSyncClient(options: SyncClientOptions): SyncClient {
  const { card, outbox, link, clock, log } = options
  const drainer = createOutboxDrainer({
    deviceId: card.deviceId,
    outbox,
    link,
    clock,
    random: options.random,
  })
  let refusal: string | null = null
  let greeting: AbortController | null = null
  let isGreeted = false

  /** Small JSON; a failed publish shows as a missing answer, which is what the callers act on. */
  const say = (channel: 'hello' | 'status' | 'reply', message: unknown, qos: 0 | 1): void => {
    link.publish(topics.up(card.deviceId, channel), JSON.stringify(message), { qos }).catch(() => undefined)
  }
  const commands = createCommandListener({
    deviceId: card.deviceId,
    handlers: options.handlers,
    clock,
    reply: (reply) => say('reply', reply, 1),
  })
  const handshake = createHandshake({
    card,
    outbox,
    clock,
    sendHello: (hello) => say('hello', hello, 1),
    onRefused: (reason) => {
      refusal = reason
      drainer.close()
      log.error({ reason }, 'the centre refuses this device')
    },
  })

  async function greet(signal: AbortSignal, delayMs: number): Promise<void> {
    if (delayMs > 0) await clock.sleep(delayMs, signal).catch(() => undefined)
    const welcome = await handshake.run(signal)
    if (!welcome || signal.aborted) return
    refusal = null
    isGreeted = true
    drainer.open({ lease: welcome.lease, epoch: welcome.epoch, creditBytes: welcome.creditBytes })
    log.info(
      { epoch: welcome.epoch, hwm: welcome.hwm, lease: welcome.lease },
      'the centre lets this device send',
    )
  }

  /** In place of the greeting that is under way; what is unacked goes out again when the centre has answered. */
  function beginGreeting(delayMs: number): void {
    greeting?.abort()
    greeting = new AbortController()
    isGreeted = false
    void greet(greeting.signal, delayMs)
  }
  const centre = createCentreWatch({
    random: options.random,
    onBack: (delayMs) => {
      log.info({ delayMs }, 'the centre came back; it is greeted again')
      beginGreeting(delayMs)
    },
  })

  const onConnected = (): void => {
    log.info('connected to the broker')
    beginGreeting(0)
  }
  const onDisconnected = (): void => {
    greeting?.abort()
    centre.onDisconnected()
    drainer.close()
    log.warn({ reason: link.lastError }, 'the link to the broker is down')
  }

  function onMessage(topic: string, payload: Uint8Array, isRetained: boolean): void {
    if (topic === topics.centrePresence) {
      onParsed(centrePresenceSchema, payload, (presence) => centre.onPresence(presence, isRetained))
      return
    }
    const parsed = parseTopic(topic)
    if (parsed?.direction !== 'down' || parsed.deviceId !== card.deviceId) return
    if (parsed.channel === 'ack') onParsed(ackSchema, payload, drainer.onAck)
    if (parsed.channel === 'welcome') onParsed(welcomeSchema, payload, onWelcome)
    if (parsed.channel === 'command') onParsed(commandSchema, payload, commands.onCommand)
  }

  function onWelcome(welcome: Welcome): void {
    if (handshake.onWelcome(welcome) || welcome.action !== 'refused' || !isGreeted) return
    // It answers no hello: the centre let this device send and does so no longer. The next hello hears for good. Only
    // once greeted, so that the late answer to an older hello cannot set off a new one again and again.
    drainer.close()
    beginGreeting(0)
  }

  /** A message that does not have the agreed form is dropped; nothing that a broker sends may stop the agent. */
  function onParsed<T>(schema: ZodType<T>, payload: Uint8Array, handle: (message: T) => void): void {
    if (payload.byteLength > CONTROL_MAX_BYTES) return
    try {
      handle(schema.parse(JSON.parse(Buffer.from(payload).toString('utf8'))))
    } catch (error) {
      log.warn({ err: error }, 'dropped a message that cannot be read')
    }
  }

  function counters(): SyncCounters {
    const { maxSeq, lastAck } = outbox.position()
    const backlog = outbox.backlog()
    return {
      maxSeq,
      ackedHwm: lastAck?.hwm ?? 0,
      backlogEntries: backlog.entries,
      backlogBytes: backlog.bytes,
      ...drainer.counters(),
      reconnects: link.reconnects,
      heldBytes: backlog.heldBytes,
      lastError: refusal ?? link.lastError ?? (centre.isAway ? 'the centre is away' : null),
      oldestUnackedMs: backlog.oldestMs,
    }
  }

  async function reportStatus(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (link.connected) {
        const status: DeviceStatus = { ...(await options.readStatus()), sync: counters() }
        say(
          'status',
          { v: PROTOCOL_VERSION, deviceId: card.deviceId, epoch: outbox.position().epoch, status },
          0,
        )
      }
      await clock.sleep(STATUS_INTERVAL_MS, signal).catch(() => undefined)
    }
  }

  async function purge(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const deleted = outbox.purge(options.holdMaxBytes)
      // A full chunk means that there is more: only give way to others, then go on.
      await clock.sleep(deleted > 0 ? 0 : PURGE_INTERVAL_MS, signal).catch(() => undefined)
    }
  }

  return {
    get connected() {
      return link.connected
    },
    counters,
    async run(signal) {
      link.onConnected(onConnected)
      link.onDisconnected(onDisconnected)
      link.onMessage(onMessage)
      signal.addEventListener('abort', () => greeting?.abort(), { once: true })
      await Promise.all([link.run(signal), drainer.run(signal), reportStatus(signal), purge(signal)])
    },
  }
}
