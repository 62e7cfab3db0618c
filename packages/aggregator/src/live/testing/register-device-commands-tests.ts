// The guarantees of the command channel, over any broker.
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replyResultSchemas } from '@sam3-fleet/shared/protocol/command'
import { parseTopic, topics } from '@sam3-fleet/shared/protocol/topics'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { waitUntil } from '@sam3-fleet/test-kit/wait-until'
import { startFakeDevice } from '../../testing/fake-device.ts'
import { createDeviceCommands, type DeviceCommands } from '../device-commands.ts'

const LIST = { kind: 'sources.list' } as const
const EMPTY = { sources: [] }
/** Longer than any broker here needs; a test that waits this long has failed. */
const PATIENT_MS = 60_000
/** A deadline that is meant to pass. */
const SHORT_MS = 150

export function registerDeviceCommandsTests(
  startBroker: () => Promise<{ url: string } & AsyncDisposable>,
): void {
  let broker: { url: string } & AsyncDisposable
  let client: MqttClient
  let commands: DeviceCommands

  beforeAll(async () => {
    broker = await startBroker()
    client = await connectAsync(broker.url, { protocolVersion: 4, clean: true })
    commands = createDeviceCommands({
      clock: systemClock,
      publish: async (topic, payload) => {
        await client.publishAsync(topic, Buffer.from(payload), { qos: 1 })
      },
    })
    client.on('message', (topic, payload) => {
      const parsed = parseTopic(topic)
      if (parsed?.direction === 'up' && parsed.channel === 'reply') commands.onReply(parsed.deviceId, payload)
    })
    await client.subscribeAsync(topics.fleetUp, { qos: 1 })
  })
  afterAll(async () => {
    await client.endAsync(true)
    await broker[Symbol.asyncDispose]()
  })

  test('the answer of the device comes back parsed, and it was told the time that remains', async () => {
    await using device = await startFakeDevice(broker.url, 'answers-it', (_command, say) =>
      say({ result: EMPTY }),
    )
    const result = await commands.send<'sources.list'>('answers-it', LIST, {
      timeoutMs: PATIENT_MS,
      idempotencyKey: 'key-of-this-one',
    })
    expect(result).toEqual(EMPTY)
    expect(device.received).toMatchObject([
      { deviceId: 'answers-it', remainingMs: PATIENT_MS, idempotencyKey: 'key-of-this-one', body: LIST },
    ])
    expect(commands.pending).toBe(0)
  })

  test('"accepted" does not settle it; the first final answer does, and a second one is dropped', async () => {
    await using _device = await startFakeDevice(broker.url, 'says-twice', async (_command, say) => {
      await say({ status: 'accepted' })
      await say({ result: EMPTY })
      await say({ status: 'failed', error: { code: 'INTERNAL', message: 'no', hint: '' } })
    })
    const before = commands.dropped
    const result = await commands.send<'sources.list'>('says-twice', LIST, { timeoutMs: PATIENT_MS })
    expect(result).toEqual(EMPTY)
    await waitUntil('the second answer to be dropped', () => commands.dropped === before + 1)
  })

  test('a device that does not answer in time is late, and what it says later changes nothing', async () => {
    const { promise: late, resolve: nowSay } = Promise.withResolvers<void>()
    await using _device = await startFakeDevice(broker.url, 'too-late-one', async (_command, say) => {
      await late
      await say({ result: EMPTY })
    })
    const before = commands.dropped
    const sent = commands.send<'sources.list'>('too-late-one', LIST, { timeoutMs: SHORT_MS })
    await expect(sent).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    nowSay()
    await waitUntil('the late answer to be dropped', () => commands.dropped === before + 1)
    expect(commands.pending).toBe(0)
  })

  test('another device cannot answer for the one that was asked', async () => {
    await using _impostor = await startFakeDevice(broker.url, 'asked-device', async (command) => {
      const forged = {
        v: 1,
        commandId: command.commandId,
        deviceId: 'asked-device',
        status: 'done',
        result: EMPTY,
      }
      await client.publishAsync(topics.up('other-device', 'reply'), JSON.stringify(forged), { qos: 1 })
    })
    const before = commands.dropped
    const gone = new AbortController()
    const sent = commands.send<'sources.list'>('asked-device', LIST, {
      timeoutMs: PATIENT_MS,
      signal: gone.signal,
    })
    await waitUntil('the forged answer to be dropped', () => commands.dropped === before + 1)
    expect(commands.pending).toBe(1)
    gone.abort()
    await expect(sent).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('the error of the device keeps its code, message and hint', async () => {
    const error = { code: 'PROMPT_NOT_SUPPORTED', message: 'it sees no giraffes', hint: 'It sees cars.' }
    await using _device = await startFakeDevice(broker.url, 'refuses-it', (_command, say) =>
      say({ status: 'failed', error }),
    )
    const sent = commands.send<'sources.list'>('refuses-it', LIST, { timeoutMs: PATIENT_MS })
    await expect(sent).rejects.toMatchObject(error)
  })

  test('an answer in another form is a mismatch of versions, not a crash', async () => {
    const result = { sources: 'many' }
    expect(replyResultSchemas['sources.list'].safeParse(result).success).toBe(false)
    await using _device = await startFakeDevice(broker.url, 'speaks-odd', (_command, say) => say({ result }))
    const sent = commands.send<'sources.list'>('speaks-odd', LIST, { timeoutMs: PATIENT_MS })
    await expect(sent).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
  })

  test('a caller that goes away ends the wait', async () => {
    const gone = new AbortController()
    const sent = commands.send<'sources.list'>('nobody-there', LIST, {
      timeoutMs: PATIENT_MS,
      signal: gone.signal,
    })
    gone.abort()
    await expect(sent).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(commands.pending).toBe(0)
  })
}
