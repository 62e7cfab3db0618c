import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeBinaryTools } from '@sam3-fleet/shared/node/binary'
import { decodeBatch } from '@sam3-fleet/shared/protocol/batch-codec'
import { SEND_WINDOW_BATCHES } from '@sam3-fleet/shared/protocol/bounds'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createOutboxDrainer } from './outbox-drainer.ts'
import { EvilCentre, type EvilLinkFaults } from './testing/evil-centre.ts'
import { openMemoryOutbox } from './testing/memory-outbox.ts'

const DEVICE = 'gate-0001'
const INCARNATION = '0193b8d0-0000-4000-8000-00000000000a'
/** Simulated milliseconds after which an undrained outbox is a fault: many resend timeouts in a row. */
const DRAIN_DEADLINE_MS = 3_600_000

function setUp(faults: EvilLinkFaults, random: () => number, creditBytes = 4e6) {
  const clock = new FakeClock()
  const memory = openMemoryOutbox(DEVICE)
  const centre = new EvilCentre({
    incarnation: INCARNATION,
    faults,
    random,
    deliverAck: (ack) => drainer.onAck(ack),
  })
  const drainer = createOutboxDrainer({
    deviceId: DEVICE,
    outbox: memory.outbox,
    link: centre,
    clock,
    random,
  })
  const stop = new AbortController()
  const running = drainer.run(stop.signal)
  const open = () => drainer.open({ lease: 1, epoch: memory.outbox.position().epoch, creditBytes })
  const drain = async (): Promise<void> => {
    for (let ms = 0; memory.outbox.backlog().entries > 0; ms += 250) {
      if (ms > DRAIN_DEADLINE_MS) throw new Error(`stuck with ${memory.outbox.backlog().entries} entries`)
      await clock.advance(250)
      centre.deliver()
    }
  }
  const finish = async (): Promise<void> => {
    stop.abort(new Error('test over'))
    await running
  }
  return { clock, memory, centre, drainer, open, drain, finish }
}

/** Numbers of a linear congruential generator (Numerical Recipes), so that a failing run can be had again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('outbox drainer', () => {
  test('a link that loses, doubles and reorders ends with every entry settled once, and no new event is needed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 400 }),
        fc.nat({ max: 40 }),
        async (seed, before, after) => {
          const run = setUp({ lose: 0.3, double: 0.3, loseAck: 0.3 }, seeded(seed))
          let entries = run.memory.addSightings(before)
          run.open()
          await run.clock.advance(100)
          entries += run.memory.addSightings(after)
          await run.drain()
          expect(run.centre.hwm).toBe(entries)
          expect(run.centre.conflicts).toBe(0)
          await run.finish()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('nothing is sent before the centre said welcome, nor after the link went down', async () => {
    const run = setUp({ lose: 0, double: 0, loseAck: 0 }, seeded(1))
    run.memory.addSightings(5)
    await run.clock.advance(30_000)
    run.centre.deliver()
    expect(run.centre.received).toBe(0)
    run.open()
    await run.drain()
    run.drainer.close()
    run.memory.addSightings(5)
    await run.clock.advance(30_000)
    run.centre.deliver()
    expect(run.memory.outbox.backlog().entries).toBeGreaterThanOrEqual(5)
    await run.finish()
  })

  test('never more batches in flight than the window, none at all without credit', async () => {
    const run = setUp({ lose: 1, double: 0, loseAck: 0 }, seeded(2))
    run.memory.addSightings(12_000)
    run.open()
    await run.clock.advance(2_000)
    expect(run.drainer.counters().inFlightBatches).toBe(SEND_WINDOW_BATCHES)
    await run.finish()

    const paused = setUp({ lose: 0, double: 0, loseAck: 0 }, seeded(3), 0)
    paused.memory.addSightings(10)
    paused.open()
    await paused.clock.advance(10_000)
    expect(paused.drainer.counters().sentEntries).toBe(0)
    await paused.finish()
  })

  test('sightings go before crops', async () => {
    const run = setUp({ lose: 0, double: 0, loseAck: 0 }, seeded(4))
    const kinds: string[] = []
    const publish = run.centre.publish.bind(run.centre)
    run.centre.publish = (topic, payload) => {
      kinds.push(
        ...decodeBatch(payload as Uint8Array, nodeBinaryTools).batch.entries.map((entry) => entry.kind),
      )
      return publish(topic, payload)
    }
    run.memory.addSightings(600)
    run.open()
    await run.drain()
    expect(kinds).toHaveLength(800)
    expect(kinds.lastIndexOf('sighting')).toBeLessThan(kinds.indexOf('media'))
    await run.finish()
  })

  test('a batch is not sent again while its answer may still come', async () => {
    const run = setUp({ lose: 1, double: 0, loseAck: 0 }, seeded(5))
    run.memory.addSightings(3)
    run.open()
    await run.clock.advance(4_500)
    expect(run.drainer.counters().resentBatches).toBe(0)
    await run.clock.advance(2_000)
    expect(run.drainer.counters().resentBatches).toBeGreaterThan(0)
    await run.finish()
  })
})
