import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Aedes } from 'aedes'
import { afterEach, describe, expect, test } from 'vitest'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createMqttJsLink } from './mqtt-js-link.ts'

const DEVICE = 'gate-0001'
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

interface Broker {
  port: number
  aedes: Aedes
  kill: () => Promise<void>
}

async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const kill = async (): Promise<void> => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
  }
  closers.push(kill)
  return { port: (server.address() as AddressInfo).port, aedes, kill }
}

/** Waits are cut to milliseconds: the order of events is what is tested, not how long the pauses are. */
const hurried = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) }

function startLink(port: number) {
  const stop = new AbortController()
  const link = createMqttJsLink({
    url: `mqtt://127.0.0.1:${port}`,
    deviceId: DEVICE,
    bootId: '0193b8d0-0000-4000-8000-0000000000b0',
    credentials: () => null,
    clock: hurried,
    random: () => 0.5,
  })
  const running = link.run(stop.signal)
  closers.push(async () => {
    stop.abort(new Error('test over'))
    await running
  })
  const connected = (): Promise<number> => new Promise((resolve) => link.onConnected(resolve))
  return { link, connected, stop, running }
}

describe('MQTT link of a device', () => {
  test('comes back by itself after the broker died, and counts it', async () => {
    const first = await startBroker()
    const { link, connected } = startLink(first.port)
    await connected()
    const down = new Promise<void>((resolve) => link.onDisconnected(resolve))
    await first.kill()
    await down
    expect(link.connected).toBe(false)
    const back = connected()
    await startBroker(first.port)
    await back
    expect(link.connected).toBe(true)
    expect(link.reconnects).toBeGreaterThan(0)
  })

  test('is tried again when the broker refuses the first connections', async () => {
    const broker = await startBroker()
    let refusals = 3
    broker.aedes.authenticate = (_client, _user, _password, done) => {
      refusals -= 1
      done(null, refusals < 0)
    }
    const { connected } = startLink(broker.port)
    await connected()
    expect(refusals).toBeLessThan(0)
  })

  test('works with a broker that does not let it hear whether the centre is there', async () => {
    const broker = await startBroker()
    const refused: string[] = []
    broker.aedes.authorizeSubscribe = (_client, subscription, done) => {
      if (subscription.topic !== topics.centrePresence) return done(null, subscription)
      refused.push(subscription.topic)
      return done(null, null)
    }
    const { link, connected } = startLink(broker.port)
    await connected()
    expect(refused).toHaveLength(1)
    expect(link.connected).toBe(true)
  })

  test('says online when it connects, offline when it leaves or dies, tied to its connection', async () => {
    const broker = await startBroker()
    const seen: { state: string; connection: number }[] = []
    let notify = (): void => undefined
    broker.aedes.on('publish', (packet) => {
      if (packet.topic !== topics.presence(DEVICE)) return
      seen.push(JSON.parse(packet.payload.toString()) as { state: string; connection: number })
      notify()
    })
    const said = (count: number): Promise<void> =>
      new Promise((resolve) => {
        notify = () => void (seen.length >= count && resolve())
        notify()
      })
    const { stop, running, connected } = startLink(broker.port)
    await connected()
    await said(1)
    for (const client of Object.values(
      (broker.aedes as unknown as { clients: Record<string, { conn: Socket }> }).clients,
    )) {
      client.conn.destroy()
    }
    await said(3)
    stop.abort(new Error('stopping'))
    await running
    await said(4)
    expect(seen.map(({ state }) => state)).toEqual(['online', 'offline', 'online', 'offline'])
    expect(seen[0]?.connection).toBe(seen[1]?.connection)
    expect(seen[2]?.connection).toBeGreaterThan(seen[1]?.connection as number)
  })

  test('a publish without a link is refused at once instead of being queued in memory', async () => {
    const { link } = startLink(1)
    await expect(link.publish(topics.up(DEVICE, 'status'), '{}', { qos: 0 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
