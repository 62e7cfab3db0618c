import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { systemClock, type Clock } from '@sam3-fleet/shared/time/clock'
import { startMosquitto, type MosquittoBroker } from '@sam3-fleet/test-kit/mosquitto'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import type { CommandHandlers } from './command-handlers.ts'
import { LOOK_INTERVAL_MS } from './outbox-drainer.ts'
import { createMqttJsLink } from './mqtt-js-link.ts'
import { createSyncClient, type SyncClient } from './sync-client.ts'
import { openMemoryOutbox, type MemoryOutbox } from './testing/memory-outbox.ts'
import { startPlainCentre, type PlainCentre } from './testing/plain-centre.ts'

const ACL = new URL('../../../../infra/mosquitto/aclfile', import.meta.url)
const DEVICE = 'gate-0001'
const CENTRE = 'centre'
const INCARNATION = '0193b8d0-0000-4000-8000-00000000000a'
const PASSWORD = 'of-the-test'
/** Waits as long as a resend or a second hello never end in these tests. */
const NEVER_FROM_MS = 5_000

/** No time passes by which a batch is overdue, and nothing that waits as long is ever tried again: what still happens has another cause. */
const patientClock: Clock = {
  ...systemClock,
  monotonicMs: () => 0,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs < NEVER_FROM_MS ? delayMs : 2 ** 31 - 1, signal),
}

function startBroker(acl: string): Promise<MosquittoBroker> {
  return startMosquitto({ users: { [DEVICE]: PASSWORD, [CENTRE]: PASSWORD }, acl })
}

function startCentre(broker: MosquittoBroker, lease: number, acks: boolean): Promise<PlainCentre> {
  const account = { url: broker.url, username: CENTRE, password: PASSWORD }
  return startPlainCentre({ ...account, incarnation: INCARNATION, lease, acks })
}

interface RunningDevice extends AsyncDisposable {
  /** Times that it began to wait for something to send; it looks at what there is before each. */
  looks(): number
  sync: SyncClient
  memory: MemoryOutbox
}

function runDevice(broker: MosquittoBroker): RunningDevice {
  const memory = openMemoryOutbox(DEVICE)
  const bootId = randomUUID()
  let looks = 0
  const clock: Clock = {
    ...patientClock,
    sleep(delayMs, signal) {
      if (delayMs === LOOK_INTERVAL_MS) looks += 1
      return patientClock.sleep(delayMs, signal)
    },
  }
  const shared = { clock, random: () => 0.01 }
  const sync = createSyncClient({
    ...shared,
    card: {
      deviceId: DEVICE,
      name: 'Gate',
      bootId,
      agentVersion: '0.0.0-test',
      pack: { id: 'test', version: '1', labels: [] },
    },
    outbox: memory.outbox,
    link: createMqttJsLink({
      ...shared,
      url: broker.url,
      deviceId: DEVICE,
      bootId,
      credentials: () => ({ username: DEVICE, password: PASSWORD }),
    }),
    handlers: {} as CommandHandlers,
    // Nobody reads it here.
    readStatus: () => Promise.resolve({} as Omit<DeviceStatus, 'sync'>),
    holdMaxBytes: 0,
    log: pino({ level: 'silent' }),
  })
  const stop = new AbortController()
  const running = sync.run(stop.signal)
  return {
    sync,
    memory,
    looks: () => looks,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test ends'))
      await running
    },
  }
}

describe('a device whose centre dies behind a broker that lives', () => {
  test('sends again what is under way as soon as the centre is back, and does not wait until it is overdue', async () => {
    await using broker = await startBroker(await readFile(ACL, 'utf8'))
    const first = await startCentre(broker, 1, false)
    await using device = runDevice(broker)
    device.memory.addSightings(5)
    await waitUntil('the batch to be under way', () => first.batches.length > 0)
    expect(first.hellos).toHaveLength(1)
    await first.die()
    await waitUntil('the device to know it', () => device.sync.counters().lastError === 'the centre is away')
    expect(device.memory.outbox.backlog().entries).toBeGreaterThan(0)

    const second = await startCentre(broker, 2, true)
    await waitUntil('everything to be acked', () => device.memory.outbox.backlog().entries === 0)
    expect(second.hellos).toHaveLength(1)
    expect(device.sync.counters()).toMatchObject({ lastError: null, reconnects: 0 })
    await second.die()
  })
})

describe('a device that is revoked while it is connected', () => {
  test('asks once, hears why, says it, and sends nothing any more', async () => {
    await using broker = await startBroker(await readFile(ACL, 'utf8'))
    const centre = await startCentre(broker, 1, true)
    await using device = runDevice(broker)
    device.memory.addSightings(5)
    await waitUntil('everything to be acked', () => device.memory.outbox.backlog().entries === 0)
    centre.revoke(DEVICE)
    await waitUntil('the device to say why', () => device.sync.counters().lastError === 'revoked')
    expect(centre.hellos).toHaveLength(2)
    const sent = device.sync.counters().sentEntries
    device.memory.addSightings(5)
    const looks = device.looks()
    await waitUntil('it to have looked at them', () => device.looks() > looks + 3)
    expect(device.sync.counters()).toMatchObject({ sentEntries: sent, inFlightBatches: 0 })
    expect(centre.hellos).toHaveLength(2)
    await centre.die()
  })
})
