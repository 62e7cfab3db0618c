import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { startAedesBroker } from '@sam3-fleet/test-kit/aedes-broker'
import { createDeviceCommands } from './device-commands.ts'
import { registerDeviceCommandsTests } from './testing/register-device-commands-tests.ts'

describe('commands over aedes', () => {
  registerDeviceCommandsTests(startAedesBroker)
})

test('no more commands are in flight than the bound, and each one frees its place', async () => {
  const clock = new FakeClock()
  const commands = createDeviceCommands({ clock, publish: () => Promise.resolve() }, { pendingMax: 2 })
  const send = (): Promise<unknown> =>
    commands.send<'sources.list'>('device-one', { kind: 'sources.list' }, { timeoutMs: 1_000 })
  const two = [send(), send()].map((sent) => sent.catch((thrown: unknown) => thrown))
  await expect(send()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
  await clock.advance(1_000)
  expect(await Promise.all(two)).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }, { code: 'DEADLINE_EXCEEDED' }])
  expect(commands.pending).toBe(0)
})

test('a broker that does not take the command is unavailable at once', async () => {
  const commands = createDeviceCommands({
    clock: new FakeClock(),
    publish: () => Promise.reject(new Error('not connected')),
  })
  const sent = commands.send<'sources.list'>('device-one', { kind: 'sources.list' }, { timeoutMs: 1_000 })
  await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test('replies that cannot be read are dropped', () => {
  const commands = createDeviceCommands({ clock: new FakeClock(), publish: () => Promise.resolve() })
  commands.onReply('device-one', Buffer.from('{"v":1'))
  commands.onReply('device-one', Buffer.alloc(1_000_000))
  expect(commands.dropped).toBe(2)
})
