// A device on a real broker for tests: answers every command with what the test gives it.
import { connectAsync, type MqttClient } from 'mqtt'
import { commandSchema, type Command, type Reply } from '@sam3-fleet/shared/protocol/command'
import { topics } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'

export type Answering = (
  command: Command,
  say: (reply: Partial<Reply>) => Promise<void>,
) => Promise<void> | void

export interface FakeDevice extends AsyncDisposable {
  readonly received: Command[]
}

export async function startFakeDevice(
  url: string,
  deviceId: string,
  answering: Answering,
): Promise<FakeDevice> {
  const client: MqttClient = await connectAsync(url, { protocolVersion: 4, clean: true })
  const received: Command[] = []
  client.on('message', (_topic, payload) => {
    const command = commandSchema.parse(JSON.parse(payload.toString('utf8')))
    received.push(command)
    const say = async (reply: Partial<Reply>): Promise<void> => {
      const whole = { v: PROTOCOL_VERSION, commandId: command.commandId, deviceId, status: 'done', ...reply }
      await client.publishAsync(topics.up(deviceId, 'reply'), JSON.stringify(whole), { qos: 1 })
    }
    void answering(command, say)
  })
  await client.subscribeAsync(topics.down(deviceId, 'command'), { qos: 1 })
  return { received, [Symbol.asyncDispose]: () => client.endAsync(true) }
}
