import { connectAsync } from 'mqtt'
import pino from 'pino'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { FindOutput } from '@sam3-fleet/shared/search/find'
import { parseTopic, topics } from '@sam3-fleet/shared/protocol/topics'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { startAedesBroker } from '@sam3-fleet/test-kit/aedes-broker'
import { createFileImport } from '../ingest/import-file.ts'
import { startFakeDevice } from '../testing/fake-device.ts'
import { createQuietRevocation } from '../testing/quiet-revocation.ts'
import { deviceStatus, seedDevice, seedSpace, sightingOf, vectorHashOf } from '../testing/seed.ts'
import { openTestPglite } from '../testing/test-pglite.ts'
import { createWordEncoder, WORD_SPACE, wordVector } from '../testing/word-encoder.ts'
import { createCentreApi } from './create-centre-api.ts'
import { startHttpServer } from './http/http-server.ts'

const TOKEN = 'token-of-the-centre'
const LABELS = ['person', 'car', 'dog', 'bus', 'boat', 'cat', 'bird', 'truck']

test('a question over HTTP reaches a device that is behind over MQTT, and its answer comes back with it', async () => {
  await using stack = new AsyncDisposableStack()
  const broker = stack.use(await startAedesBroker())
  const database = stack.use(await openTestPglite())
  const client = await connectAsync(broker.url, { protocolVersion: 4 })
  stack.defer(() => client.endAsync(true))
  // It stands still: however slow this machine is, the answer is in time and what the device told is new.
  const clock = new FakeClock()
  const log = pino({ level: 'silent' })
  const api = createCentreApi({
    database,
    clock,
    log,
    metrics: new Registry(),
    version: '0.0.0-test',
    adminToken: TOKEN,
    text: { encoder: createWordEncoder(), packLabels: LABELS },
    publish: async (topic, payload) => {
      await client.publishAsync(topic, Buffer.from(payload), { qos: 1 })
    },
    uploads: { folder: '', maxBytes: 1, verifyDevice: () => Promise.resolve(null) },
    enrol: () => Promise.reject(new Error('nobody enrols here')),
    revocation: createQuietRevocation(database),
    importFile: createFileImport({ database, clock, log }),
    health: { broker: () => ({ kind: 'aedes', version: null, connected: true }), warnings: () => [] },
  })
  client.on('message', (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed?.direction === 'up') api.onReply(parsed.deviceId, payload)
  })
  await client.subscribeAsync(topics.fleetUp, { qos: 1 })
  await api.warmUp()
  const server = await startHttpServer(api.app, { host: '127.0.0.1', port: 0, clock: systemClock })
  stack.defer(() => server.stop())

  const deviceId = 'gate-device'
  await seedSpace(database, WORD_SPACE)
  const nowMs = clock.nowMs()
  await seedDevice(database, {
    deviceId,
    labels: LABELS,
    hwm: 1,
    maxSeq: 2,
    status: deviceStatus({ maxSeq: 2, ackedHwm: 1, oldestUnackedMs: nowMs }),
    statusAtMs: nowMs,
  })
  const sighting = sightingOf({
    spaceId: WORD_SPACE.spaceId,
    vectorHash: vectorHashOf(wordVector('a dog')),
    label: 'dog',
    description: 'a dog',
  })
  const result = {
    results: [{ sighting, similarity: 1 }],
    crops: {},
    maxSeq: 2,
    completeToMs: nowMs,
  }
  stack.use(await startFakeDevice(broker.url, deviceId, (_command, say) => say({ result })))

  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/search.find`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ q: 'dog' }),
  })
  const output = (await response.json()) as FindOutput
  expect(output.results).toMatchObject([{ sightingId: sighting.id, deviceId, band: 'strong' }])
  expect(output.coverage).toMatchObject([
    { deviceId, state: 'behind', askedLive: true, answered: 'answered' },
  ])
})
