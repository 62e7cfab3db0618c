import { rm } from 'node:fs/promises'
import { connectAsync } from 'mqtt'
import { describe, expect, test } from 'vitest'
import { ackSchema, type Ack } from '@sam3-fleet/shared/protocol/ack'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { welcomeSchema } from '@sam3-fleet/shared/protocol/welcome'
import { startPostgres } from '@sam3-fleet/test-kit/postgres'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { createAggregator } from './aggregator.ts'
import { CENTRE, OWN, passwordOf, startProductMosquitto } from './broker/testing/test-broker.ts'
import { readCentreConfig } from './config/centre-config.ts'
import { BatchDevice } from './ingest/testing/device-batches.ts'

type Env = Record<string, string>

interface RunningCentre extends AsyncDisposable {
  url: string
  mqttUrl: string
  health: () => Promise<{
    status: string
    durability: string
    database: { kind: string }
    broker: { kind: string; version: string }
  }>
}

async function runCentre(env: Env): Promise<RunningCentre> {
  const centre = await createAggregator(
    readCentreConfig({ PORT: '0', FLEET_MQTT_PORT: '0', FLEET_LOG_LEVEL: 'error', ...env }),
  )
  const stop = new AbortController()
  const running = centre.run(stop.signal)
  const health: RunningCentre['health'] = async () => {
    const response = await fetch(`${centre.url}/healthz`)
    return (await response.json()) as Awaited<ReturnType<RunningCentre['health']>>
  }
  await waitUntil('the centre to be healthy', async () => (await health()).status !== 'failed')
  return {
    url: centre.url,
    mqttUrl: centre.mqttUrl,
    health,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test ends'))
      await running
    },
  }
}

/** Greets, sends what it has and returns the last ack; the connection ends with it. */
async function sync(centre: RunningCentre, device: BatchDevice, password?: string): Promise<Ack> {
  const client = await connectAsync(centre.mqttUrl, {
    protocolVersion: 4,
    clientId: device.deviceId,
    ...(password !== undefined && { username: device.deviceId, password }),
  })
  const inbox = new Map<string, string>()
  client.on('message', (topic, payload) => inbox.set(topic, payload.toString()))
  await client.subscribeAsync(topics.downAll(device.deviceId), { qos: 1 })
  await client.publishAsync(topics.up(device.deviceId, 'hello'), JSON.stringify(device.hello()), { qos: 1 })
  const welcome = await messageOn(inbox, topics.down(device.deviceId, 'welcome'))
  device.lease = welcomeSchema.parse(welcome).lease
  const batch = Buffer.from(device.encode(device.entries))
  await client.publishAsync(topics.up(device.deviceId, 'batch'), batch, { qos: 1 })
  const ack = await messageOn(inbox, topics.down(device.deviceId, 'ack'))
  await client.endAsync()
  return ackSchema.parse(ack)
}

async function messageOn(inbox: ReadonlyMap<string, string>, topic: string): Promise<unknown> {
  await waitUntil(`a message on ${topic}`, () => inbox.has(topic))
  return JSON.parse(inbox.get(topic) as string)
}

async function sightingsOf(centre: RunningCentre): Promise<number> {
  const response = await fetch(`${centre.url}/trpc/objects.summary?input=${encodeURIComponent('{}')}`)
  const body = (await response.json()) as { result: { data: { total: { sightings: number } } } }
  return body.result.data.total.sightings
}

function deviceWithSightings(): BatchDevice {
  const device = new BatchDevice(OWN)
  device.addSighting()
  device.addSighting()
  return device
}

/** Milliseconds for several starts of a whole centre, its database and its broker, one after the other. */
const LIVES_MAX_MS = 300_000

describe('the whole centre', { timeout: LIVES_MAX_MS }, () => {
  test('with its own database and broker it takes what a device sends, and has it after a restart', async () => {
    await using dir = await createTempDir('centre')
    const env: Env = { FLEET_DATA_DIR: dir.path }
    const device = deviceWithSightings()
    {
      await using centre = await runCentre(env)
      expect(await sync(centre, device)).toMatchObject({ hwm: 2, durability: 'process_safe' })
      expect(await centre.health()).toMatchObject({ database: { kind: 'pglite' }, broker: { kind: 'aedes' } })
      expect(await sightingsOf(centre)).toBe(2)
    }
    await using again = await runCentre(env)
    expect(await sightingsOf(again)).toBe(2)
    expect(await sync(again, device)).toMatchObject({ hwm: 2 })
    expect(await sightingsOf(again)).toBe(2)
  })

  test('with PostgreSQL and Mosquitto it does the same, safe from a power cut', async () => {
    await using dir = await createTempDir('centre')
    await using postgres = await startPostgres()
    await using database = await postgres.createDatabase()
    await using broker = await startProductMosquitto()
    const outside = new URL(broker.url)
    outside.username = CENTRE
    outside.password = passwordOf(CENTRE)
    const env: Env = { FLEET_DATA_DIR: dir.path, DATABASE_URL: database.url, FLEET_MQTT_URL: outside.href }
    const device = deviceWithSightings()
    {
      await using centre = await runCentre(env)
      expect(centre.mqttUrl).not.toContain(passwordOf(CENTRE))
      expect(await sync(centre, device, passwordOf(OWN))).toMatchObject({ hwm: 2, durability: 'power_safe' })
      await waitUntil(
        'the broker to say its version',
        async () => (await centre.health()).broker.version !== null,
      )
      expect(await centre.health()).toMatchObject({
        durability: 'power_safe',
        database: { kind: 'postgres' },
        broker: { kind: 'mosquitto', version: expect.stringMatching(/^\d/) },
      })
      await broker.kill9()
      await waitUntil('the centre to notice', async () => (await centre.health()).status === 'failed')
      await broker.restart()
      await waitUntil('the centre to be back', async () => (await centre.health()).status !== 'failed')
    }
    await postgres.kill9()
    await postgres.restart()
    await rm(dir.path, { recursive: true })
    await using again = await runCentre(env)
    expect(await sightingsOf(again)).toBe(2)
  })

  test('a start that fails half way leaves nothing running', async () => {
    await using dir = await createTempDir('centre')
    await using first = await runCentre({ FLEET_DATA_DIR: dir.path })
    const taken = new URL(first.url).port
    await using other = await createTempDir('centre')
    const env = { FLEET_DATA_DIR: other.path, FLEET_MQTT_PORT: '0', FLEET_LOG_LEVEL: 'error' }
    await expect(createAggregator(readCentreConfig({ ...env, PORT: taken }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    // The folder is free again.
    await using second = await runCentre(env)
    expect((await second.health()).status).toBe('ok')
  })
})
