// The centre's ingest and greeting without a broker: what a device says goes in, what it would hear comes out.
import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { ackSchema, type Ack } from '@sam3-fleet/shared/protocol/ack'
import { decodeBatchHeader } from '@sam3-fleet/shared/protocol/batch-codec'
import type { Entry } from '@sam3-fleet/shared/protocol/entry'
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import { parseTopic } from '@sam3-fleet/shared/protocol/topics'
import { welcomeSchema, type Welcome } from '@sam3-fleet/shared/protocol/welcome'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import type { Database } from '../../database/database.ts'
import { createFleetService } from '../../fleet/fleet-service.ts'
import { readIncarnation } from '../../store/write-devices.ts'
import { createIngest } from '../ingest.ts'
import type { BatchDevice } from './device-batches.ts'

const log = pino({ level: 'silent' })

export type IngestCentre = Awaited<ReturnType<typeof startIngestCentre>>

export async function startIngestCentre(database: Database) {
  const incarnation = await readIncarnation(database, randomUUID())
  const acks: Ack[] = []
  const welcomes: Welcome[] = []
  let heard: () => void = () => undefined
  const publish = (topic: string, payload: Uint8Array): Promise<void> => {
    const message: unknown = JSON.parse(Buffer.from(payload).toString())
    const parsed = parseTopic(topic)
    if (parsed?.direction === 'down' && parsed.channel === 'ack') acks.push(ackSchema.parse(message))
    if (parsed?.direction === 'down' && parsed.channel === 'welcome')
      welcomes.push(welcomeSchema.parse(message))
    heard()
    return Promise.resolve()
  }
  const deps = { database, tenantId: DEFAULT_TENANT, incarnation, publish, clock: systemClock, log }
  const ingest = createIngest(deps)
  const fleet = createFleetService({ ...deps, mqttUrl: 'mqtt://127.0.0.1' })
  const stop = new AbortController()
  const running = ingest.run(stop.signal)

  const greet = async (device: BatchDevice, part: Partial<Hello> = {}): Promise<Welcome> => {
    await fleet.onHello(device.deviceId, Buffer.from(JSON.stringify(device.hello(part))))
    const welcome = welcomes.at(-1) as Welcome
    device.lease = welcome.lease
    return welcome
  }
  /** Hands over a batch and waits for the ack that answers it. */
  const send = async (
    device: BatchDevice,
    entries: readonly Entry[],
    options: { withVectors?: boolean } = {},
  ): Promise<Ack> => {
    const payload = device.encode(entries, options)
    const { batchId } = decodeBatchHeader(payload).header
    ingest.onBatch(device.deviceId, payload)
    return await ackOf(batchId)
  }
  const ackOf = async (batchId: string): Promise<Ack> => {
    for (;;) {
      const ack = acks.find((sent) => sent.batchId === batchId)
      if (ack) return ack
      await new Promise<void>((resolve) => (heard = resolve))
    }
  }
  const finish = async (): Promise<void> => {
    stop.abort(new Error('test over'))
    await running
  }
  const count = async (table: string): Promise<number> =>
    Number((await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n)
  return { ingest, fleet, greet, send, ackOf, finish, count, acks }
}
