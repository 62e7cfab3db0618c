// The centre as an MQTT client, protocol level 4, clean session, QoS 1, with its own reconnect: full jitter, every
// refusal is tried again (rule A22). The same for the broker inside the centre and for one outside.
import mqtt, { type MqttClient } from 'mqtt'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { KEEPALIVE_S } from '@sam3-fleet/shared/protocol/bounds'
import type { CentrePresence } from '@sam3-fleet/shared/protocol/centre-presence'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import { fullJitterMs } from '@sam3-fleet/shared/time/backoff'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { Random } from '@sam3-fleet/shared/time/random'
import type { Logger } from 'pino'
import type { BusHandler, FleetBus } from './fleet-bus.ts'
import { topicMatches } from './topic-matches.ts'

/** The centre comes back fast: a fleet waits for it. */
const RECONNECT = { baseMs: 250, capMs: 60_000 }
/** Milliseconds for TCP, TLS and CONNACK together. */
const CONNECT_TIMEOUT_MS = 10_000
/** Milliseconds that a connection must hold before failures are counted from the start again. */
const STABLE_AFTER_MS = 30_000
/** Milliseconds that messages under way have to arrive when the centre stops. */
const GOODBYE_TIMEOUT_MS = 2_000
/** Where Mosquitto says what it is; other brokers stay silent. */
const VERSION_TOPIC = '$SYS/broker/version'

export interface MqttBusOptions {
  url: string
  clientId: string
  /** A UUID of this start of the centre: devices that hear another one than before say hello again. */
  startId: string
  credentials: { username: string; password: string } | null
  /** What the broker is when that is known; else it is asked. */
  broker: { kind: string; version: string } | null
  clock: Clock
  random: Random
  log: Logger
}

export function createMqttBus(options: MqttBusOptions): FleetBus {
  const { clock, log } = options
  const subscriptions: { filter: string; handler: BusHandler }[] = []
  let client: MqttClient | null = null
  let connections = 0
  let description: FleetBus['description'] = options.broker ?? { kind: 'mqtt', version: null }

  const presence = (state: CentrePresence['state']): Buffer =>
    Buffer.from(
      JSON.stringify({
        v: PROTOCOL_VERSION,
        state,
        startId: options.startId,
        connection: connections,
      } satisfies CentrePresence),
    )
  /** Retained, so that a device that connects later hears it too. What fails shows as a lost connection. */
  function sayPresence(to: MqttClient, state: CentrePresence['state']): void {
    to.publish(topics.centrePresence, presence(state), { qos: 1, retain: true }, () => undefined)
  }

  function onMessage(topic: string, payload: Buffer): void {
    // It falls under the filter of the devices' presence, and is this centre's own.
    if (topic === topics.centrePresence) return
    if (topic === VERSION_TOPIC) {
      description = readVersion(payload.toString('utf8'))
      return
    }
    for (const { filter, handler } of subscriptions) if (topicMatches(filter, topic)) handler(topic, payload)
  }

  async function holdOneConnection(signal: AbortSignal): Promise<number> {
    connections += 1
    const attempt = mqtt.connect(options.url, {
      protocolVersion: 4,
      clean: true,
      clientId: options.clientId,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      resubscribe: false,
      will: { topic: topics.centrePresence, payload: presence('offline'), qos: 1, retain: true },
      ...options.credentials,
    })
    // Each publish under way listens for the close.
    attempt.setMaxListeners(0)
    const closed = new Promise<void>((resolve) => attempt.once('close', resolve))
    const leave = (): void => {
      if (client === attempt) sayPresence(attempt, 'offline')
      void endWithin(attempt, clock)
    }
    signal.addEventListener('abort', leave, { once: true })
    let sinceMs: number | null = null
    let reason = 'the broker closed the connection'
    attempt.on('error', (error) => {
      reason = error.message || error.name
    })
    attempt.on('message', onMessage)
    attempt.once('connect', () => {
      // It may be refused without harm.
      if (!options.broker) attempt.subscribe(VERSION_TOPIC, { qos: 0 }, () => undefined)
      const filters = subscriptions.map(({ filter }) => filter)
      attempt.subscribe(filters, { qos: 1 }, (error) => {
        // A centre that hears half of its fleet would seem to work.
        if (error) {
          reason = `a subscription was refused: ${error.message}`
          attempt.end(true)
          return
        }
        sinceMs = clock.monotonicMs()
        client = attempt
        // Only now: whoever answers it is heard.
        sayPresence(attempt, 'online')
        log.info('connected to the broker')
      })
    })
    await closed
    signal.removeEventListener('abort', leave)
    attempt.end(true)
    if (client === attempt) client = null
    if (!signal.aborted) log.warn({ reason }, 'no connection to the broker; it is tried again')
    return sinceMs === null ? 0 : clock.monotonicMs() - sinceMs
  }

  return {
    get connected() {
      return client !== null
    },
    get description() {
      return description
    },
    subscribe: (filter, handler) => void subscriptions.push({ filter, handler }),
    async run(signal) {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        const heldMs = await holdOneConnection(signal)
        if (heldMs > STABLE_AFTER_MS) attempt = 0
        await clock.sleep(fullJitterMs(attempt, RECONNECT, options.random), signal).catch(() => undefined)
      }
    },
    publish(topic, payload) {
      const current = client
      if (!current) return Promise.reject(notConnected())
      return new Promise((resolve, reject) => {
        const onClose = (): void => reject(notConnected())
        current.once('close', onClose)
        current.publish(topic, Buffer.from(payload), { qos: 1 }, (error) => {
          current.off('close', onClose)
          if (error) reject(notConnected(error))
          else resolve()
        })
      })
    },
  }
}

/** Lets what is under way arrive, but not for ever. */
async function endWithin(client: MqttClient, clock: Clock): Promise<void> {
  const done = new AbortController()
  void clock.sleep(GOODBYE_TIMEOUT_MS, done.signal).then(
    () => client.end(true),
    () => undefined,
  )
  await client.endAsync(!client.connected)
  done.abort(new Error('ended'))
}

/** "mosquitto version 2.0.18" and the like. */
function readVersion(said: string): FleetBus['description'] {
  const [, kind = 'mqtt', version = null] = /^(\S+) version (\S+)/.exec(said) ?? []
  return { kind, version }
}

function notConnected(cause?: unknown): FleetError {
  return new FleetError('UNAVAILABLE', 'the centre is not connected to its broker', {
    hint: 'It connects again by itself; see /healthz.',
    cause,
  })
}
