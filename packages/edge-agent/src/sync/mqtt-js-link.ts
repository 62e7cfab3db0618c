// The link over MQTT.js, protocol level 4, clean session, QoS 1. Its own reconnect is off: it neither backs off nor
// retries every refusal (rules A5, A22). Each connection is a new client, so that its will names that connection.
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { KEEPALIVE_S } from '@sam3-fleet/shared/protocol/bounds'
import type { Presence } from '@sam3-fleet/shared/protocol/presence'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { fullJitterMs } from '@sam3-fleet/shared/time/backoff'
import type { MqttLink } from './mqtt-link.ts'

/** First retry comes within a second; later ones spread over a minute (rule A22). */
const RECONNECT = { baseMs: 1_000, capMs: 60_000 }
/** Milliseconds for TCP, TLS and CONNACK together. */
const CONNECT_TIMEOUT_MS = 10_000
/** A connection that held this long, in milliseconds, counts as good: the next failure starts from the base again. */
const STABLE_AFTER_MS = 30_000
/** Milliseconds that a goodbye may take when the agent stops. */
const GOODBYE_TIMEOUT_MS = 2_000

export interface MqttJsLinkOptions {
  url: string
  deviceId: string
  bootId: string
  credentials: () => { username: string; password: string } | null
  clock: Clock
  random: () => number
}

export function createMqttJsLink(options: MqttJsLinkOptions): MqttLink {
  const connected = new Set<(connection: number) => void>()
  const disconnected = new Set<() => void>()
  const messages = new Set<Parameters<MqttLink['onMessage']>[0]>()
  let client: MqttClient | null = null
  let connections = 0
  let lastError: string | null = 'not connected yet'

  const presence = (state: Presence['state']): string =>
    JSON.stringify({
      v: PROTOCOL_VERSION,
      deviceId: options.deviceId,
      state,
      bootId: options.bootId,
      connection: connections,
    } satisfies Presence)

  function connectOptions(): IClientOptions {
    const credentials = options.credentials()
    return {
      protocolVersion: 4,
      clean: true,
      clientId: options.deviceId,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      queueQoSZero: false,
      resubscribe: false,
      will: {
        topic: topics.presence(options.deviceId),
        payload: Buffer.from(presence('offline')),
        qos: 1,
        retain: true,
      },
      ...credentials,
    }
  }

  /** One connection from CONNECT to close; resolves with how long it held, in milliseconds. */
  async function holdOneConnection(signal: AbortSignal): Promise<number> {
    connections += 1
    const attempt = mqtt.connect(options.url, connectOptions())
    const closed = new Promise<void>((resolve) => attempt.once('close', resolve))
    let reason = 'the broker closed the connection'
    attempt.on('error', (error) => {
      reason = error.message || error.name
    })
    attempt.on('message', (topic, payload, packet) => {
      for (const listener of messages) listener(topic, payload, packet.retain)
    })
    const onAbort = (): void => void attempt.end(true)
    signal.addEventListener('abort', onAbort, { once: true })
    let since: number | null = null
    attempt.once('connect', () => {
      // First, so that a centre that is heard as retained was there before the hello. A broker of older rules refuses it.
      attempt.subscribe(topics.centrePresence, { qos: 1 }, () => undefined)
      attempt.subscribe(topics.downAll(options.deviceId), { qos: 1 }, (error) => {
        if (error) {
          reason = `subscription refused: ${error.message}`
          attempt.end(true)
          return
        }
        since = options.clock.monotonicMs()
        client = attempt
        lastError = null
        attempt.publish(topics.presence(options.deviceId), presence('online'), { qos: 1, retain: true })
        for (const listener of connected) listener(connections)
      })
    })
    await closed
    signal.removeEventListener('abort', onAbort)
    attempt.end(true)
    if (client === attempt) {
      client = null
      for (const listener of disconnected) listener()
    }
    lastError = reason
    return since === null ? 0 : options.clock.monotonicMs() - since
  }

  async function sayGoodbye(): Promise<void> {
    const leaving = client
    if (!leaving) return
    client = null
    await new Promise<void>((resolve) => {
      void options.clock.sleep(GOODBYE_TIMEOUT_MS).then(resolve)
      leaving.publish(
        topics.presence(options.deviceId),
        presence('offline'),
        { qos: 1, retain: true },
        () => {
          leaving.end(false, {}, () => resolve())
        },
      )
    })
  }

  return {
    get connected() {
      return client !== null
    },
    get reconnects() {
      return Math.max(0, connections - 1)
    },
    get lastError() {
      return lastError
    },

    async run(signal) {
      const connection = new AbortController()
      const leave = async (): Promise<void> => {
        await sayGoodbye()
        connection.abort(signal.reason)
      }
      signal.addEventListener('abort', () => void leave(), { once: true })
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        const heldMs = await holdOneConnection(connection.signal)
        if (heldMs > STABLE_AFTER_MS) attempt = 0
        await options.clock
          .sleep(fullJitterMs(attempt, RECONNECT, options.random), signal)
          .catch(() => undefined)
      }
    },

    publish(topic, payload, { qos, retain = false }) {
      const current = client
      if (!current) return Promise.reject(linkDown())
      return new Promise((resolve, reject) => {
        const onClose = (): void => reject(linkDown())
        current.once('close', onClose)
        current.publish(
          topic,
          typeof payload === 'string' ? payload : Buffer.from(payload),
          { qos, retain },
          (error) => {
            current.off('close', onClose)
            if (error) reject(linkDown(error))
            else resolve()
          },
        )
      })
    },

    onConnected: (listener) => void connected.add(listener),
    onDisconnected: (listener) => void disconnected.add(listener),
    onMessage: (listener) => void messages.add(listener),
  }
}

function linkDown(cause?: unknown): FleetError {
  return new FleetError('UNAVAILABLE', 'the link to the broker is down', {
    hint: 'Nothing is lost: the outbox sends it when the link is back.',
    cause,
  })
}
