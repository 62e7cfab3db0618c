// What each broker of the product refuses and allows, seen from outside: what arrives, not what the broker answers.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { PACKET_MAX_BYTES } from '../embedded-broker.ts'
import { CENTRE, closeOf, connectAs, OTHER, OWN, passwordOf, type TestBroker } from './test-broker.ts'

const VERSION_TOPIC = '$SYS/broker/version'
const SPEAKING: readonly (readonly [string, boolean])[] = [
  [topics.up(OWN, 'batch'), true],
  [topics.up(OWN, 'hello'), true],
  [topics.presence(OWN), true],
  [topics.down(OWN, 'ack'), false],
  [topics.up(OTHER, 'batch'), false],
  [topics.presence(OTHER), false],
  [topics.centrePresence, false],
  [topics.down(OTHER, 'command'), false],
  [`fleet/v1/${OWN}/up/batch/more`, false],
  [`fleet/v2/${OWN}/up/batch`, false],
  [VERSION_TOPIC, false],
]
const LISTENING: readonly (readonly [string, boolean])[] = [
  [topics.downAll(OWN), true],
  [topics.down(OWN, 'ack'), true],
  [topics.downAll(OTHER), false],
  [topics.fleetUp, false],
  [topics.fleetPresence, false],
  [topics.presence(OTHER), false],
  ['fleet/v1/+/down/+', false],
  ['fleet/#', false],
  ['#', false],
  ['$SYS/#', false],
]

export function rightsContract(name: string, start: () => Promise<TestBroker>): void {
  describe(`rights on ${name}`, () => {
    let broker: TestBroker
    let centre: MqttClient
    let other: MqttClient
    const heard: { by: string; topic: string; payload: string }[] = []

    beforeAll(async () => {
      broker = await start()
      centre = await connectAs(broker, CENTRE)
      other = await connectAs(broker, OTHER)
      for (const client of [centre, other])
        client.on('message', (topic, payload) =>
          heard.push({ by: client === centre ? CENTRE : OTHER, topic, payload: payload.toString() }),
        )
      await centre.subscribeAsync([topics.fleetUp, topics.fleetPresence], { qos: 1 })
      await other.subscribeAsync(topics.downAll(OTHER), { qos: 1 })
    })
    afterAll(async () => {
      await centre.endAsync(true)
      await other.endAsync(true)
      await broker[Symbol.asyncDispose]()
    })

    const arrived = (payload: string): boolean => heard.some((message) => message.payload === payload)
    let marks = 0
    /** After it, whatever the broker took before has been delivered: to the centre and to the other device. */
    async function settled(): Promise<void> {
      marks += 1
      const mark = `mark-${marks}`
      await other.publishAsync(topics.up(OTHER, 'status'), mark, { qos: 1 })
      await centre.publishAsync(topics.down(OTHER, 'welcome'), mark, { qos: 1 })
      await waitUntil(
        'both to hear the mark',
        () => heard.filter(({ payload }) => payload === mark).length === 2,
      )
    }

    test.each(SPEAKING)('a device publishes to %s: %s', async (topic, allowed) => {
      const payload = `pub ${topic}`
      const device = await connectAs(broker, OWN)
      device.on('error', () => undefined)
      const closed = closeOf(device)
      await Promise.race([device.publishAsync(topic, payload, { qos: 1 }), closed])
      if (allowed) await waitUntil('it to arrive', () => arrived(payload))
      await settled()
      expect(arrived(payload)).toBe(allowed)
      await device.endAsync(true)
    })

    test.each(SPEAKING)('a will of a device for %s: %s', async (topic, allowed) => {
      const payload = `will ${topic}`
      const device = await connectAs(broker, OWN, {
        will: { topic, payload: Buffer.from(payload), qos: 1, retain: false },
      }).catch(() => null)
      // Refused at once is as good.
      if (!device) return expect(allowed).toBe(false)
      const closed = closeOf(device)
      device.stream.destroy()
      await closed
      if (allowed) await waitUntil('it to arrive', () => arrived(payload))
      // The broker has noticed the end of the first connection when a second one of the same device works.
      const again = await connectAs(broker, OWN)
      await again.publishAsync(topics.up(OWN, 'status'), 'after', { qos: 1 })
      await settled()
      expect(arrived(payload)).toBe(allowed)
      return again.endAsync(true)
    })

    test.each(LISTENING)('a device subscribes to %s: %s', async (filter, allowed) => {
      const device = await connectAs(broker, OWN)
      device.on('error', () => undefined)
      const got: string[] = []
      device.on('message', (topic) => got.push(topic))
      const closed = closeOf(device)
      await Promise.race([device.subscribeAsync(filter, { qos: 1 }).catch(() => undefined), closed])
      await other.publishAsync(topics.presence(OTHER), 'probe', { qos: 1 })
      await settled()
      await centre.publishAsync(topics.down(OWN, 'ack'), 'probe', { qos: 1 })
      // The last thing that this connection is sent is the answer to a subscription of its own.
      if (device.connected) await device.subscribeAsync(topics.down(OWN, 'welcome'), { qos: 1 })
      if (allowed) expect(got).toEqual([topics.down(OWN, 'ack')])
      else expect(got.filter((topic) => topic !== topics.down(OWN, 'ack'))).toEqual([])
      await device.endAsync(true)
    })

    test('a device hears whether the centre is there, also what was said before it came, and cannot unsay it', async () => {
      await centre.publishAsync(topics.centrePresence, 'there', { qos: 1, retain: true })
      const device = await connectAs(broker, OWN)
      device.on('error', () => undefined)
      const got: string[] = []
      device.on('message', (topic, payload) => got.push(`${topic} ${payload.toString()}`))
      await device.subscribeAsync(topics.centrePresence, { qos: 1 })
      await waitUntil('what was kept', () => got.length === 1)
      expect(got).toEqual([`${topics.centrePresence} there`])
      const closed = closeOf(device)
      await Promise.race([device.publishAsync(topics.centrePresence, '', { qos: 1, retain: true }), closed])
      await device.endAsync(true)
      const again = await connectAs(broker, OWN)
      again.on('message', (_topic, payload) => got.push(payload.toString()))
      await again.subscribeAsync(topics.centrePresence, { qos: 1 })
      await waitUntil('it to be there still', () => got.length === 2)
      expect(got[1]).toBe('there')
      await again.endAsync(true)
    })

    test('nobody connects without a password, with a wrong one, or with that of another', async () => {
      for (const options of [
        { password: 'wrong' },
        { password: passwordOf(OTHER) },
        { username: '', password: '' },
      ])
        await expect(connectAs(broker, OWN, options)).rejects.toThrow(/Connection refused/)
    })

    test('a device cannot push another one out by taking its client id', async () => {
      const thief = await connectAs(broker, OWN, { clientId: OTHER }).catch(() => null)
      await settled()
      expect(other.connected).toBe(true)
      await thief?.endAsync(true)
    })

    test('a packet beyond the bound ends the connection, one within it arrives', async () => {
      const device = await connectAs(broker, OWN)
      device.on('error', () => undefined)
      const within = 'x'.repeat(PACKET_MAX_BYTES - 100)
      await device.publishAsync(topics.up(OWN, 'reply'), within, { qos: 1 })
      await waitUntil('it to arrive', () => arrived(within))
      const closed = closeOf(device)
      device.publish(topics.up(OWN, 'reply'), 'y'.repeat(PACKET_MAX_BYTES + 1), { qos: 1 })
      await closed
      await settled()
      expect(heard.some(({ payload }) => payload.startsWith('yy'))).toBe(false)
      await device.endAsync(true)
    })
  })
}
