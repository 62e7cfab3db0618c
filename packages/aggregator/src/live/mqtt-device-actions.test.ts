import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { commandSchema, type Command, type Reply } from '@sam3-fleet/shared/protocol/command'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { seedDevice } from '../testing/seed.ts'
import { openTestPglite } from '../testing/test-pglite.ts'
import { createDeviceCommands, type DeviceCommands } from './device-commands.ts'
import { createMqttDeviceActions } from './mqtt-device-actions.ts'

const deviceId = 'gate-device'

async function actionsWith(answer: (command: Command) => Partial<Reply>) {
  const db = await openTestPglite()
  await seedDevice(db, { deviceId, presence: 'online' })
  const received: Command[] = []
  const commands: DeviceCommands = createDeviceCommands({
    clock: systemClock,
    async publish(_topic, payload) {
      const command = commandSchema.parse(JSON.parse(Buffer.from(payload).toString('utf8')))
      received.push(command)
      const reply = { v: PROTOCOL_VERSION, commandId: command.commandId, deviceId, status: 'done' }
      queueMicrotask(() =>
        commands.onReply(deviceId, Buffer.from(JSON.stringify({ ...reply, ...answer(command) }))),
      )
    },
  })
  const actions = createMqttDeviceActions({ db, clock: systemClock, commands })
  return { actions, received, [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
}

test('a split is done by the device, which says what the sighting is now', async () => {
  const sightingId = randomUUID()
  const parts = [
    { sightingId, trackIds: [4] },
    { sightingId: randomUUID(), trackIds: [7, 9] },
  ]
  await using centre = await actionsWith(() => ({ result: { parts } }))
  const input = { deviceId, sightingId, trackIds: [7, 9] }
  expect(await centre.actions.splitSighting(DEFAULT_TENANT, input)).toEqual({ deviceId, parts })
  expect(centre.received.map(({ body }) => body)).toEqual([
    { kind: 'sightings.split', sightingId, trackIds: [7, 9] },
  ])
})

test('what the device refuses is told in its words', async () => {
  const error = { code: 'CONFLICT', message: 'still being worked on', hint: 'Disable its source first.' }
  await using centre = await actionsWith(() => ({ status: 'failed', error }))
  const input = { deviceId, sightingId: randomUUID(), trackIds: null }
  await expect(centre.actions.splitSighting(DEFAULT_TENANT, input)).rejects.toMatchObject(error)
})
