import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import { createDiskGuard, type DiskGuard } from './disk-guard.ts'

const MB = 1024 * 1024
/** Longer than the pause between two looks. */
const NEXT_LOOK_MS = 6_000

interface World {
  freeMb: number
  usedMb: number
  /** Megabytes of crops that the centre has safely. */
  evictableMb: number
}

function guardOf(
  world: World,
  maxMb: number | null,
): { guard: DiskGuard; look: () => Promise<void>; stop: () => void } {
  const clock = new FakeClock()
  const guard = createDiskGuard({
    dir: '/data',
    maxBytes: maxMb === null ? null : maxMb * MB,
    clock,
    measure: async () => ({ usedBytes: world.usedMb * MB, reusableBytes: 0 }),
    reclaim: () => {
      const freed = Math.min(world.evictableMb, 100)
      world.evictableMb -= freed
      world.freeMb += freed
      world.usedMb -= freed
      return freed * MB
    },
    stat: async () => ({ bavail: world.freeMb, bsize: MB }),
  })
  const stop = new AbortController()
  void guard.run(stop.signal)
  return { guard, look: () => clock.advance(NEXT_LOOK_MS), stop: () => stop.abort(new Error('over')) }
}

describe('disk guard', () => {
  test('pauses at the floor of the disk and goes on only when there is clearly room again', async () => {
    const world = { freeMb: 2_000, usedMb: 100, evictableMb: 0 }
    const { guard, look, stop } = guardOf(world, null)
    const paused: boolean[] = []
    for (const freeMb of [600, 512, 700, 769, 513]) {
      world.freeMb = freeMb
      await look()
      paused.push(guard.state().paused)
    }
    expect(paused).toEqual([false, true, true, false, false])
    stop()
  })

  test('deletes what may go before it pauses, and no more than is needed', async () => {
    const world = { freeMb: 600, usedMb: 900, evictableMb: 1_000 }
    const { guard, look, stop } = guardOf(world, null)
    await look()
    expect(guard.state().paused).toBe(false)
    expect(world).toEqual({ freeMb: 800, usedMb: 700, evictableMb: 800 })
    stop()
  })

  test('keeps the budget, whatever the disk could hold', async () => {
    const world = { freeMb: 90_000, usedMb: 1_001, evictableMb: 0 }
    const { guard, look, stop } = guardOf(world, 1_000)
    await look()
    expect(guard.state()).toMatchObject({ paused: true, usedBytes: 1_001 * MB })
    stop()
  })

  test('who waits for room goes on when there is some, or when he is called off', async () => {
    const world = { freeMb: 100, usedMb: 100, evictableMb: 0 }
    const { guard, look, stop } = guardOf(world, null)
    await look()
    const calledOff = new AbortController()
    const first = guard.hasRoom(calledOff.signal).then(() => 'called off')
    const second = guard.hasRoom(new AbortController().signal).then(() => 'room')
    calledOff.abort(new Error('not wanted'))
    expect(await first).toBe('called off')
    world.freeMb = 5_000
    await look()
    expect(await second).toBe('room')
    stop()
  })
})
