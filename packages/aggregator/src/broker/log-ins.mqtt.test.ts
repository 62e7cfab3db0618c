import { createConnection } from 'node:net'
import { MqttClient } from 'mqtt'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { startEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.ts'
import { FAILURES_PER_NAME, LOGIN_WINDOW_MS } from './login-limiter.ts'
import { OTHER, OWN, passwordOf } from './testing/test-broker.ts'

const HERE = '127.0.0.1'
const ELSEWHERE = '127.0.0.2'
/** CONNACK codes of MQTT 3.1.1, table 3.1. */
const ACCEPTED = 0
const UNAVAILABLE = 3
const BAD_CREDENTIALS = 4

/** The code with which the broker answers; an accepted connection is left at once. */
async function logIn(broker: EmbeddedBroker, from: string, name: string, password: string): Promise<number> {
  const client = new MqttClient(
    () => createConnection({ host: broker.host, port: broker.port, localAddress: from }),
    { protocolVersion: 4, clientId: name, username: name, password, reconnectPeriod: 0 },
  )
  client.on('error', () => undefined)
  const code = await new Promise<number>((resolve, reject) => {
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack') resolve(packet.returnCode ?? -1)
    })
    client.once('close', () => reject(new Error('it was closed without an answer')))
  })
  await client.endAsync(true)
  return code
}

describe('log-ins on the embedded broker', () => {
  test('with a wrong password are held back after the bound, from that address, until the window is over', async () => {
    const clock = new FakeClock()
    const checked: string[] = []
    await using broker = await startEmbeddedBroker({
      host: HERE,
      port: 0,
      clock,
      log: pino({ level: 'silent' }),
      authenticate: ({ username, password }) => {
        const name = username ?? ''
        checked.push(name)
        return Promise.resolve(password === passwordOf(name) ? { deviceId: name } : null)
      },
    })
    for (let n = 0; n < FAILURES_PER_NAME; n++)
      expect(await logIn(broker, ELSEWHERE, OWN, 'guessed')).toBe(BAD_CREDENTIALS)
    expect(await logIn(broker, ELSEWHERE, OWN, passwordOf(OWN))).toBe(UNAVAILABLE)
    expect(checked).toHaveLength(FAILURES_PER_NAME)
    // The device itself, at its own address, and its neighbours where the guesses come from.
    expect(await logIn(broker, HERE, OWN, passwordOf(OWN))).toBe(ACCEPTED)
    expect(await logIn(broker, ELSEWHERE, OTHER, passwordOf(OTHER))).toBe(ACCEPTED)
    await clock.advance(LOGIN_WINDOW_MS)
    expect(await logIn(broker, ELSEWHERE, OWN, passwordOf(OWN))).toBe(ACCEPTED)
  })
})
