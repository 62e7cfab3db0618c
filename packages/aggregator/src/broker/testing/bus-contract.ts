// What the bus does on any broker of the product: hear the fleet, speak to it, and come back by itself.
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import type { FleetBus } from '../fleet-bus.ts'
import { createMqttBus } from '../mqtt-bus.ts'
import { CENTRE, connectAs, OWN, passwordOf, type TestBroker } from './test-broker.ts'

interface RunningBus extends AsyncDisposable {
  bus: FleetBus
  heard: { topic: string; payload: string }[]
}

function runBus(broker: TestBroker): RunningBus {
  const bus = createMqttBus({
    url: broker.url,
    clientId: CENTRE,
    credentials: { username: CENTRE, password: passwordOf(CENTRE) },
    broker: null,
    clock: systemClock,
    random: () => 0.05,
    log: pino({ level: 'silent' }),
  })
  const heard: RunningBus['heard'] = []
  for (const filter of [topics.fleetUp, topics.fleetPresence])
    bus.subscribe(
      filter,
      (topic, payload) => void heard.push({ topic, payload: Buffer.from(payload).toString() }),
    )
  const stop = new AbortController()
  const running = bus.run(stop.signal)
  return {
    bus,
    heard,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test ends'))
      await running
    },
  }
}

export function busContract(name: string, start: () => Promise<TestBroker>): void {
  describe(`the bus on ${name}`, () => {
    test('hears devices once each, presence that was there before it, and speaks to a device', async () => {
      await using broker = await start()
      const device = await connectAs(broker, OWN)
      await device.publishAsync(topics.presence(OWN), 'here', { qos: 1, retain: true })
      await device.subscribeAsync(topics.downAll(OWN), { qos: 1 })
      const received: string[] = []
      device.on('message', (topic, payload) => received.push(`${topic} ${payload.toString()}`))
      await using running = runBus(broker)
      await waitUntil('the presence', () => running.heard.length === 1)
      await waitUntil('the bus', () => running.bus.connected)
      await device.publishAsync(topics.up(OWN, 'hello'), 'hi', { qos: 1 })
      await waitUntil('the hello', () => running.heard.length === 2)
      expect(running.heard).toEqual([
        { topic: topics.presence(OWN), payload: 'here' },
        { topic: topics.up(OWN, 'hello'), payload: 'hi' },
      ])
      await running.bus.publish(topics.down(OWN, 'welcome'), Buffer.from('welcome'))
      await waitUntil('the welcome', () => received.length === 1)
      expect(received).toEqual([`${topics.down(OWN, 'welcome')} welcome`])
      await device.endAsync(true)
    })

    test('says at once that it is down, and hears again when the broker is back', async () => {
      await using broker = await start()
      await using running = runBus(broker)
      await waitUntil('the bus', () => running.bus.connected)
      await broker.stop()
      await waitUntil('the bus to notice', () => !running.bus.connected)
      await expect(running.bus.publish(topics.down(OWN, 'ack'), Buffer.from('x'))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      })
      await broker.restart()
      await waitUntil('the bus to be back', () => running.bus.connected)
      const device = await connectAs(broker, OWN)
      await device.publishAsync(topics.up(OWN, 'status'), 'back', { qos: 1 })
      await waitUntil('the status', () => running.heard.some(({ payload }) => payload === 'back'))
      await device.endAsync(true)
    })

    test('many messages under way at once all arrive', async () => {
      await using broker = await start()
      await using running = runBus(broker)
      await waitUntil('the bus', () => running.bus.connected)
      const device = await connectAs(broker, OWN)
      const received = new Set<string>()
      device.on('message', (_topic, payload) => received.add(payload.toString()))
      await device.subscribeAsync(topics.downAll(OWN), { qos: 1 })
      const sent = Array.from({ length: 200 }, (_, at) => `ack ${at}`)
      await Promise.all(sent.map((text) => running.bus.publish(topics.down(OWN, 'ack'), Buffer.from(text))))
      await waitUntil('all of them', () => received.size === sent.length)
      expect([...received].toSorted()).toEqual(sent.toSorted())
      await device.endAsync(true)
    })
  })
}
