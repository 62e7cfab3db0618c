// A centre on a real broker that keeps nothing: greets, acknowledges what arrives unless it is told not to, and says
// that it is there. For tests of what a device does when its centre dies and another start of it comes.
import { randomUUID } from 'node:crypto'
import { connectAsync } from 'mqtt'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { decodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import type { CentrePresence } from '@sam3-fleet/shared/protocol/centre-presence'
import { helloSchema, type Hello } from '@sam3-fleet/shared/protocol/hello'
import { parseTopic, topics, type DownChannel } from '@sam3-fleet/shared/protocol/topics'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'

const CREDIT_BYTES = 4 * 1024 * 1024

export interface PlainCentre {
  readonly hellos: Hello[]
  readonly batches: string[]
  /** Tells a device that was greeted that it was revoked, and refuses its hellos from then on. */
  revoke(deviceId: string): void
  /** As a process that is killed: without a word, so that the broker publishes its will. */
  die(): Promise<void>
}

export interface PlainCentreOptions {
  url: string
  username: string
  password: string
  incarnation: string
  lease: number
  /** false: takes batches and never answers them. */
  acks: boolean
}

export async function startPlainCentre(options: PlainCentreOptions): Promise<PlainCentre> {
  const { incarnation, lease } = options
  const startId = randomUUID()
  const presence = (state: CentrePresence['state']): Buffer =>
    Buffer.from(
      JSON.stringify({ v: PROTOCOL_VERSION, state, startId, connection: 1 } satisfies CentrePresence),
    )
  const client = await connectAsync(options.url, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    clientId: options.username,
    username: options.username,
    password: options.password,
    will: { topic: topics.centrePresence, payload: presence('offline'), qos: 1, retain: true },
  })
  client.on('error', () => undefined)
  const hellos: Hello[] = []
  const batches: string[] = []
  const revoked = new Set<string>()
  const say = (deviceId: string, channel: DownChannel, message: Welcome | Ack): void =>
    void client.publish(topics.down(deviceId, channel), JSON.stringify(message), { qos: 1 })

  function welcome(helloId: string, { deviceId, epoch }: Pick<Hello, 'deviceId' | 'epoch'>): void {
    const mark = { incarnation, hwm: 0, ranges: [], creditBytes: CREDIT_BYTES }
    const answer = { v: PROTOCOL_VERSION, helloId, deviceId, epoch, lease, ...mark }
    const isRevoked = revoked.has(deviceId)
    const [action, reason] = isRevoked ? (['refused', 'revoked'] as const) : (['resume', ''] as const)
    say(deviceId, 'welcome', { ...answer, action, reason })
  }

  client.on('message', (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed?.direction !== 'up') return
    if (parsed.channel === 'hello') {
      const hello = helloSchema.parse(JSON.parse(payload.toString()))
      hellos.push(hello)
      welcome(hello.helloId, hello)
    }
    if (parsed.channel !== 'batch') return
    const { header } = decodeBatch(payload, nodeBinaryTools)
    batches.push(header.batchId)
    if (!options.acks) return
    const { deviceId, epoch, batchId, toSeq } = header
    const nothing = { ranges: [], rejects: [], needVectors: [], needBlobs: [] }
    const mark = { batchId, hwm: toSeq, durability: 'power_safe', creditBytes: CREDIT_BYTES } as const
    say(deviceId, 'ack', { v: PROTOCOL_VERSION, deviceId, epoch, lease, incarnation, ...mark, ...nothing })
  })
  await client.subscribeAsync(topics.fleetUp, { qos: 1 })
  await client.publishAsync(topics.centrePresence, presence('online'), { qos: 1, retain: true })
  return {
    hellos,
    batches,
    revoke(deviceId) {
      revoked.add(deviceId)
      const last = hellos.findLast((hello) => hello.deviceId === deviceId)
      if (last) welcome(randomUUID(), last)
    },
    async die() {
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      client.stream.destroy()
      await closed
    },
  }
}
