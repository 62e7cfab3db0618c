// One suite for both brokers: what every test that takes "a broker" may rely on.
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { startAedesBroker } from './aedes-broker.ts'
import { startMosquitto } from './mosquitto.ts'
import { waitUntil } from './wait-until.ts'

const BROKERS = { aedes: startAedesBroker, mosquitto: startMosquitto }

async function client(url: string, options: IClientOptions = {}): Promise<MqttClient & AsyncDisposable> {
  const connected = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0, ...options })
  connected.on('error', () => undefined)
  return Object.assign(connected, { [Symbol.asyncDispose]: () => connected.endAsync(true) })
}

describe.each(Object.entries(BROKERS))('%s', (_name, start) => {
  it('delivers QoS 1 from one client to another', async () => {
    await using broker = await start()
    await using receiver = await client(broker.url)
    await using sender = await client(broker.url)
    await receiver.subscribeAsync('fleet/#', { qos: 1 })
    const received = new Promise<string>((resolve) => {
      receiver.once('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`))
    })
    await sender.publishAsync('fleet/v1', 'seen', { qos: 1 })
    expect(await received).toBe('fleet/v1 seen')
  })

  it('cuts its clients when it stops and takes them again at the same address', async () => {
    await using broker = await start()
    await using first = await client(broker.url)
    const closed = new Promise((resolve) => {
      first.once('close', () => resolve('closed'))
    })
    await broker.stop()
    expect(await closed).toBe('closed')
    await broker.restart()
    await using second = await client(broker.url)
    expect(second.connected).toBe(true)
  })
})

describe('mosquitto', () => {
  it('keeps a retained message over kill9 with persistence and forgets it without', async () => {
    for (const persistence of [true, false]) {
      await using broker = await startMosquitto({ persistence })
      {
        await using sender = await client(broker.url)
        await sender.publishAsync('presence', 'online', { qos: 1, retain: true })
        // Written once a second; what a kill within that second loses is Mosquitto's own bound. It says when it begins
        // to write: when it begins a second time, the first is done.
        const saves = (): number => broker.logText().split('Saving in-memory database').length
        const savesBefore = saves()
        if (persistence) await waitUntil('a whole save', () => saves() > savesBefore + 1)
      }
      await broker.kill9()
      await broker.restart()
      await using receiver = await client(broker.url)
      const seen: string[] = []
      receiver.on('message', (_topic, payload) => seen.push(payload.toString()))
      await receiver.subscribeAsync('presence', { qos: 1 })
      // The broker answers in order: the echo of a later message proves that nothing retained is still coming.
      await receiver.subscribeAsync('end', { qos: 1 })
      await receiver.publishAsync('end', 'end', { qos: 1 })
      await waitUntil('the end', () => seen.includes('end'))
      expect(seen).toEqual(persistence ? ['online', 'end'] : ['end'])
    }
  })

  it('lets nobody in without the password and holds everyone to the ACL', async () => {
    await using broker = await startMosquitto({
      users: { camera: 'secret', centre: 'other' },
      acl: 'user centre\ntopic readwrite #\npattern readwrite fleet/v1/%u/#',
    })
    await expect(client(broker.url, { username: 'camera', password: 'wrong' })).rejects.toThrow(
      /not authorized/i,
    )
    await using centre = await client(broker.url, { username: 'centre', password: 'other' })
    await using camera = await client(broker.url, { username: 'camera', password: 'secret' })
    const topics: string[] = []
    centre.on('message', (topic) => topics.push(topic))
    await centre.subscribeAsync('fleet/#', { qos: 1 })
    await camera.publishAsync('fleet/v1/another/up', 'forged', { qos: 1 })
    await camera.publishAsync('fleet/v1/camera/up', 'own', { qos: 1 })
    await waitUntil('the allowed message', () => topics.length > 0)
    expect(topics).toEqual(['fleet/v1/camera/up'])
  })
})
