// What the bus does on any broker of the product: hear the fleet, speak to it, and come back by itself.
import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import type { MqttClient } from 'mqtt'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { centrePresenceSchema, type CentrePresence } from '@sam3-fleet/shared/protocol/centre-presence'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import type { FleetBus } from '../fleet-bus.ts'
import { createMqttBus } from '../mqtt-bus.ts'
import { CENTRE, connectAs, OWN, passwordOf, type TestBroker } from './test-broker.ts'

const START = '0193b8d0-0000-4000-8000-0000000000c1'

interface RunningBus extends AsyncDisposable {
  bus: FleetBus
  heard: { topic: string; payload: string }[]
}

function runBus(broker: Pick<TestBroker, 'url'>): RunningBus {
  const bus = createMqttBus({
    url: broker.url,
    clientId: CENTRE,
    startId: START,
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

function centrePresenceHeardBy(device: MqttClient): CentrePresence[] {
  const heard: CentrePresence[] = []
  device.on('message', (_topic, payload) =>
    heard.push(centrePresenceSchema.parse(JSON.parse(payload.toString()))),
  )
  return heard
}

/** Passes connections on to the broker, and drops them all when it is told to. */
async function startRelay(url: string): Promise<AsyncDisposable & { url: string; cut: () => void }> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = createConnection(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    async [Symbol.asyncDispose]() {
      server.close()
      cut()
      await once(server, 'close')
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

    test('says that it is there once it hears, numbers its connections, and says when it leaves', async () => {
      await using broker = await start()
      const device = await connectAs(broker, OWN)
      const said = centrePresenceHeardBy(device)
      await device.subscribeAsync(topics.centrePresence, { qos: 1 })
      {
        await using running = runBus(broker)
        await waitUntil('the centre to say that it is there', () => said.length === 1)
        expect(running.bus.connected).toBe(true)
        expect(running.heard).toEqual([])
      }
      await waitUntil('the goodbye', () => said.length === 2)
      const one = { v: PROTOCOL_VERSION, startId: START, connection: 1 }
      expect(said).toEqual([
        { ...one, state: 'online' },
        { ...one, state: 'offline' },
      ])
      await device.endAsync(true)

      await using running = runBus(broker)
      await waitUntil('the bus', () => running.bus.connected)
      await broker.stop()
      await waitUntil('the bus to notice', () => !running.bus.connected)
      await broker.restart()
      await waitUntil('the bus to be back', () => running.bus.connected)
      const later = await connectAs(broker, OWN)
      const heard = centrePresenceHeardBy(later)
      await later.subscribeAsync(topics.centrePresence, { qos: 1 })
      await waitUntil('the retained presence', () => heard.length > 0)
      expect(heard.at(-1)).toMatchObject({ state: 'online', startId: START })
      expect(heard.at(-1)?.connection).toBeGreaterThan(1)
      await later.endAsync(true)
    })

    test('a centre that dies is said to be away by its will', async () => {
      await using broker = await start()
      const device = await connectAs(broker, OWN)
      const said = centrePresenceHeardBy(device)
      await device.subscribeAsync(topics.centrePresence, { qos: 1 })
      // Its connection dies as with the process: without a word. It comes back by itself, which tells the two apart.
      await using relay = await startRelay(broker.url)
      await using running = runBus(relay)
      await waitUntil('the bus', () => running.bus.connected && said.length === 1)
      relay.cut()
      await waitUntil('the centre to be away and back', () => said.length === 3)
      expect(said.map(({ state, connection }) => `${state} ${connection}`)).toEqual([
        'online 1',
        'offline 1',
        'online 2',
      ])
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
