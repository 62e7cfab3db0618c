// Rows a second through the centre's ingest (decode, check, receipts, upsert, mark, ack) over those of its floor: the
// same rows, encoded before, by COPY into staging tables and INSERT ... ON CONFLICT; in turns within one run.
import { randomUUID } from 'node:crypto'
import { rm, mkdtemp } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Database } from '@sam3-fleet/aggregator/database/database'
import { openDatabase } from '@sam3-fleet/aggregator/database/open-database'
import { createFleetService } from '@sam3-fleet/aggregator/fleet/fleet-service'
import { createIngest } from '@sam3-fleet/aggregator/ingest/ingest'
import { readIncarnation } from '@sam3-fleet/aggregator/store/write-devices'
import { emptyDatabase } from '@sam3-fleet/aggregator/testing/empty-database'
import { DEFAULT_TENANT } from '@sam3-fleet/shared/domain/identity'
import { SEND_WINDOW_BATCHES } from '@sam3-fleet/shared/protocol/bounds'
import type { Welcome } from '@sam3-fleet/shared/protocol/welcome'
import type { Ack } from '@sam3-fleet/shared/protocol/ack'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { systemClock } from '@sam3-fleet/shared/time/clock'
import { startPostgres } from '@sam3-fleet/test-kit/postgres'
import { makeLoad, type DeviceLoad } from './ingest-batches.ts'
import { encodeFloor, prepareFloor, runFloor } from './ingest-floor.ts'
import { round } from './measure-run.ts'

const MS_PER_S = 1_000

export interface IngestBenchOptions {
  devices: number
  batchesPerDevice: number
  rounds: number
  databases: readonly Database['kind'][]
  onRound?: (database: string, name: string, rowsPerS: number) => void
}

export interface IngestBenchResult {
  machine: { cpu: string; cores: number; node: string; platform: string }
  rows: number
  devices: number
  databases: Record<
    string,
    {
      versions: Database['versions']
      durability: Database['durability']
      floorRowsPerS: number
      ingestRowsPerS: number
      /** Median of the rounds' ratios. */
      ratio: number
    }
  >
}

export async function runIngestBench(options: IngestBenchOptions): Promise<IngestBenchResult> {
  const loads = Array.from({ length: options.devices }, (_, at) =>
    makeLoad(`bench-device-${at}`, options.batchesPerDevice),
  )
  const rows = loads.reduce((sum, { sightings }) => sum + sightings.length, 0)
  const databases: IngestBenchResult['databases'] = {}
  for (const kind of options.databases) databases[kind] = await benchDatabase(kind, loads, options)
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
  return { machine, rows, devices: options.devices, databases }
}

async function benchDatabase(
  kind: Database['kind'],
  loads: readonly DeviceLoad[],
  options: IngestBenchOptions,
): Promise<IngestBenchResult['databases'][string]> {
  await using stack = new AsyncDisposableStack()
  const db = await openFor(kind, stack)
  const floorRows = encodeFloor(loads.flatMap(({ sightings }) => sightings))
  await prepareFloor(db)
  const rows = loads.reduce((sum, { sightings }) => sum + sightings.length, 0)
  const rounds: { floor: number; ingest: number }[] = []
  for (let at = 0; at < options.rounds; at += 1) {
    const floor = round(rows / (await secondsOf(() => runFloor(db, floorRows))))
    options.onRound?.(kind, 'floor', floor)
    await emptyDatabase(db)
    const ingest = round(rows / (await ingestAll(db, loads)))
    options.onRound?.(kind, 'ingest', ingest)
    rounds.push({ floor, ingest })
    await emptyDatabase(db)
  }
  return {
    versions: db.versions,
    durability: db.durability,
    floorRowsPerS: median(rounds.map(({ floor }) => floor)),
    ingestRowsPerS: median(rounds.map(({ ingest }) => ingest)),
    ratio: round(median(rounds.map(({ floor, ingest }) => ingest / floor))),
  }
}

async function openFor(kind: Database['kind'], stack: AsyncDisposableStack): Promise<Database> {
  const onConnectionLost = (): void => undefined
  if (kind === 'pglite') {
    const dir = await mkdtemp(join(tmpdir(), 'fleet-ingest-bench-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    return stack.use(await openDatabase({ url: null, dir, onConnectionLost }))
  }
  const server = stack.use(await startPostgres())
  const made = stack.use(await server.createDatabase())
  return stack.use(await openDatabase({ url: made.url, dir: null, onConnectionLost }))
}

/** Seconds from the first batch to the last ack, every device with its window full. */
async function ingestAll(db: Database, loads: readonly DeviceLoad[]): Promise<number> {
  const incarnation = await readIncarnation(db, randomUUID())
  const acked = new Map<string, (ack: Ack) => void>()
  let welcome: Welcome | null = null
  const publish = (topic: string, payload: Uint8Array): Promise<void> => {
    const message: unknown = JSON.parse(Buffer.from(payload).toString())
    if (topic.endsWith('/welcome')) welcome = message as Welcome
    else acked.get((message as Ack).deviceId)?.(message as Ack)
    return Promise.resolve()
  }
  const deps = {
    database: db,
    tenantId: DEFAULT_TENANT,
    incarnation,
    publish,
    clock: systemClock,
    log: pino({ level: 'error' }),
  }
  const fleet = createFleetService({ ...deps, mqttUrl: 'mqtt://127.0.0.1' })
  const encoded: { deviceId: string; batches: Buffer[]; maxSeq: number }[] = []
  for (const { device, batches } of loads) {
    await fleet.onHello(device.deviceId, Buffer.from(JSON.stringify(device.hello())))
    device.lease = must<Welcome>(welcome, 'a welcome').lease
    encoded.push({
      deviceId: device.deviceId,
      batches: batches.map((entries) => device.encode(entries)),
      maxSeq: device.entries.length,
    })
  }
  const ingest = createIngest(deps)
  const stop = new AbortController()
  const running = ingest.run(stop.signal)
  const seconds = await secondsOf(async () => {
    await Promise.all(
      encoded.map(
        ({ deviceId, batches, maxSeq }) =>
          new Promise<void>((resolve) => {
            let next = 0
            const sendOne = (): void => {
              const batch = batches[next]
              next += 1
              if (batch) ingest.onBatch(deviceId, batch)
            }
            acked.set(deviceId, ({ hwm }) => {
              if (hwm === maxSeq) resolve()
              else sendOne()
            })
            for (let at = 0; at < SEND_WINDOW_BATCHES; at += 1) sendOne()
          }),
      ),
    )
  })
  stop.abort(new Error('measured'))
  await running
  return seconds
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return (performance.now() - startedMs) / MS_PER_S
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return must(sorted[Math.floor(sorted.length / 2)], 'a round')
}
