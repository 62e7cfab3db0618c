import { connectAsync, type MqttClient } from 'mqtt'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { revokeOutputSchema, type RevokeOutput } from '@sam3-fleet/shared/fleet/device-revocation'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { welcomeSchema, type Welcome } from '@sam3-fleet/shared/protocol/welcome'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { createAggregator, type Aggregator } from '../aggregator.ts'
import { startEmbeddedBroker } from '../broker/embedded-broker.ts'
import {
  CENTRE,
  closeOf,
  OTHER,
  OWN,
  passwordOf,
  startProductMosquitto,
} from '../broker/testing/test-broker.ts'
import { readCentreConfig } from '../config/centre-config.ts'
import { BatchDevice } from '../ingest/testing/device-batches.ts'
import { openTestPglite } from '../testing/test-pglite.ts'
import { createEnrolTokens } from './enrol-tokens.ts'
import { createFleetService } from './fleet-service.ts'
import { REVOKED } from './greet.ts'
import { createRevocation } from './revocation.ts'

const log = pino({ level: 'silent' })
const INCARNATION = '0193b8d0-0000-4000-8000-00000000000a'

function connect(url: string, clientId: string, password?: string): Promise<MqttClient> {
  const account = password === undefined ? {} : { username: clientId, password }
  return connectAsync(
    url,
    { protocolVersion: 4, clean: true, reconnectPeriod: 0, clientId, ...account },
    false,
  )
}

/** The embedded broker as the centre wires it, with devices that enrolled. */
async function startEnrolling() {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await openTestPglite())
  const publish = (): Promise<void> => Promise.resolve()
  const deps = { database, tenantId: DEFAULT_TENANT, incarnation: INCARNATION, publish, log }
  const fleet = createFleetService({ ...deps, clock: systemClock, mqttUrl: '' })
  const broker = stack.use(
    await startEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      log,
      authenticate: async ({ username, password }) => {
        const deviceId = await fleet.authenticateDevice(username ?? '', password ?? '')
        return deviceId === null ? null : { deviceId }
      },
    }),
  )
  const revocation = createRevocation({ ...deps, disconnect: (id) => broker.disconnect(id) })
  const kept = stack.move()
  return {
    url: `mqtt://127.0.0.1:${broker.port}`,
    revoke: (deviceId: string) => revocation.revoke(DEFAULT_TENANT, deviceId),
    async enrol(deviceId: string): Promise<string> {
      const tokens = createEnrolTokens({ ...deps, clock: systemClock })
      const { token } = await tokens.create(DEFAULT_TENANT, { ttlMs: 60_000, note: 'test' })
      return (await fleet.enrol({ token, deviceId, name: deviceId })).password
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function runCentre(env: Record<string, string>): Promise<Aggregator & AsyncDisposable> {
  const settings = { PORT: '0', FLEET_MQTT_PORT: '0', FLEET_LOG_LEVEL: 'error', ...env }
  const centre = await createAggregator(readCentreConfig(settings))
  const stop = new AbortController()
  const running = centre.run(stop.signal)
  await waitUntil('the centre to be healthy', async () => (await fetch(`${centre.url}/healthz`)).ok)
  return {
    ...centre,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test ends'))
      await running
    },
  }
}

async function post(centre: Aggregator, procedure: string, input: unknown): Promise<unknown> {
  const response = await fetch(`${centre.url}/api/v1/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  expect(response.status).toBe(200)
  return await response.json()
}

async function revoke(centre: Aggregator, deviceId: string): Promise<RevokeOutput> {
  return revokeOutputSchema.parse(await post(centre, 'devices.revoke', { deviceId }))
}

async function countSightings(centre: Aggregator): Promise<number> {
  const summary = (await post(centre, 'objects.summary', {})) as { total: { sightings: number } }
  return summary.total.sightings
}

/** Says hello and listens; the first welcome gives the lease. */
async function greet(client: MqttClient, device: BatchDevice): Promise<Welcome[]> {
  const welcomes: Welcome[] = []
  client.on('message', (topic, payload) => {
    if (topic === topics.down(device.deviceId, 'welcome'))
      welcomes.push(welcomeSchema.parse(JSON.parse(payload.toString())))
  })
  await client.subscribeAsync(topics.downAll(device.deviceId), { qos: 1 })
  await sayHello(client, device)
  await waitUntil('the welcome', () => welcomes.length === 1)
  device.lease = welcomes[0]?.lease as number
  return welcomes
}

async function sendOneSighting(client: MqttClient, device: BatchDevice): Promise<void> {
  device.addSighting()
  const batch = Buffer.from(device.encode(device.entries))
  await client.publishAsync(topics.up(device.deviceId, 'batch'), batch, { qos: 1 })
}

async function sayHello(client: MqttClient, device: BatchDevice): Promise<void> {
  await client.publishAsync(topics.up(device.deviceId, 'hello'), JSON.stringify(device.hello()), { qos: 1 })
}

describe('revoking a device', () => {
  test('ends its open connection and no other one, and its right password is wrong from that moment on', async () => {
    await using fleet = await startEnrolling()
    const [ownPassword, otherPassword] = [await fleet.enrol(OWN), await fleet.enrol(OTHER)]
    const own = await connect(fleet.url, OWN, ownPassword)
    const other = await connect(fleet.url, OTHER, otherPassword)
    const closed = closeOf(own)
    expect(await fleet.revoke(OWN)).toMatchObject({ deviceId: OWN, connectionEnded: true })
    await closed
    await expect(connect(fleet.url, OWN, ownPassword)).rejects.toThrow(/Connection refused/)
    expect(other.connected).toBe(true)
    await other.endAsync(true)
  })

  test('is the same the second time, keeps its first date, and is refused for a device that nobody knows', async () => {
    await using fleet = await startEnrolling()
    await fleet.enrol(OWN)
    const first = await fleet.revoke(OWN)
    expect(await fleet.revoke(OWN)).toEqual(first)
    await expect(fleet.enrol(OWN)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(fleet.revoke('device-zzzz')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('ends a log-in that is under way at that moment', async () => {
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    await using broker = await startEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      log,
      authenticate: async ({ clientId }) => {
        asked.resolve()
        await answer.promise
        return { deviceId: clientId }
      },
    })
    const connecting = connect(`mqtt://127.0.0.1:${broker.port}`, OWN, passwordOf(OWN))
    await asked.promise
    broker.disconnect(OWN)
    answer.resolve()
    await expect(connecting).rejects.toThrow(/Connection refused/)
  })

  test('holds in a centre that enrols nobody, too', async () => {
    await using dir = await createTempDir('centre')
    await using centre = await runCentre({ FLEET_DATA_DIR: dir.path })
    const device = new BatchDevice(OWN)
    const client = await connect(centre.mqttUrl, OWN)
    await greet(client, device)
    const closed = closeOf(client)
    expect(await revoke(centre, OWN)).toMatchObject({ connectionEnded: true })
    await closed
    await expect(connect(centre.mqttUrl, OWN)).rejects.toThrow(/Connection refused/)
    const other = await connect(centre.mqttUrl, OTHER)
    await other.endAsync(true)
  })

  test('behind an outside broker tells the device, and nothing that it sends counts from then on', async () => {
    await using dir = await createTempDir('centre')
    await using broker = await startProductMosquitto()
    const outside = new URL(broker.url)
    outside.username = CENTRE
    outside.password = passwordOf(CENTRE)
    await using centre = await runCentre({ FLEET_DATA_DIR: dir.path, FLEET_MQTT_URL: outside.href })
    const device = new BatchDevice(OWN)
    const client = await connect(centre.mqttUrl, OWN, passwordOf(OWN))
    const welcomes = await greet(client, device)
    expect(await revoke(centre, OWN)).toMatchObject({ connectionEnded: false })
    await waitUntil('it to be told', () => welcomes.length === 2)
    expect(welcomes[1]).toMatchObject({ action: 'refused', reason: REVOKED })

    await sendOneSighting(client, device)
    await sayHello(client, device)
    await waitUntil('the answer to its hello', () => welcomes.length === 3)
    expect(welcomes[2]).toMatchObject({ action: 'refused', reason: REVOKED })
    // What another device sends after it is taken: the centre is past what this one sent.
    const neighbour = new BatchDevice(OTHER)
    const beside = await connect(centre.mqttUrl, OTHER, passwordOf(OTHER))
    await greet(beside, neighbour)
    await sendOneSighting(beside, neighbour)
    await waitUntil('the sighting of the other', async () => (await countSightings(centre)) > 0)
    expect(await countSightings(centre)).toBe(1)
    for (const each of [client, beside]) await each.endAsync(true)
  })
})
