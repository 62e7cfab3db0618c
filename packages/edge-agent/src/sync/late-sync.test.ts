import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { SyncCounters } from '@sam3-fleet/shared/fleet/device-status'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createLateSync } from './late-sync.ts'
import type { SyncClient } from './sync-client.ts'

const log = pino({ level: 'silent' })
const clientSaying = (lastError: string | null): SyncClient & { ran: boolean } => ({
  ran: false,
  connected: lastError === null,
  counters: () => ({ maxSeq: 7, lastError }) as SyncCounters,
  async run() {
    this.ran = true
  },
})

describe('sync of a device that is not enrolled yet', () => {
  test('works alone while the centre does not answer, and joins when it does', async () => {
    const clock = new FakeClock()
    const real = clientSaying(null)
    let answers = false
    const sync = createLateSync({
      open: async () => {
        if (!answers) throw new FleetError('UNAVAILABLE', 'the centre cannot be reached')
        return real
      },
      idle: clientSaying('idle'),
      clock,
      random: () => 1,
      log,
    })
    const running = sync.run(new AbortController().signal)
    await clock.advance(10_000)
    expect([sync.connected, sync.counters()]).toEqual([
      false,
      { maxSeq: 7, lastError: 'the centre cannot be reached' },
    ])
    answers = true
    await clock.advance(60_000)
    await running
    expect([real.ran, sync.connected, sync.counters().lastError]).toEqual([true, true, null])
  })

  test('a refused token is told and not tried again', async () => {
    let asked = 0
    const sync = createLateSync({
      open: async () => {
        asked += 1
        throw new FleetError('FORBIDDEN', 'the centre refused to enrol this device (403)')
      },
      idle: clientSaying('idle'),
      clock: new FakeClock(),
      random: () => 1,
      log,
    })
    await sync.run(new AbortController().signal)
    expect([asked, sync.counters().lastError]).toEqual([1, 'the centre refused to enrol this device (403)'])
  })

  test('ends at once when the agent stops', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const sync = createLateSync({
      open: () => Promise.reject(new FleetError('UNAVAILABLE', 'down')),
      idle: clientSaying('idle'),
      clock,
      random: () => 1,
      log,
    })
    const running = sync.run(stop.signal)
    await clock.advance(0)
    stop.abort(new Error('stop'))
    await running
    expect(clock.sleeping).toBe(0)
  })
})
