import { describe, expect, test } from 'vitest'
import type { CentrePresence } from '@sam3-fleet/shared/protocol/centre-presence'
import { createCentreWatch, HELLO_AGAIN_SPREAD_MS } from './centre-watch.ts'

const FIRST = '0193b8d0-0000-4000-8000-000000000001'
const SECOND = '0193b8d0-0000-4000-8000-000000000002'

function presence(state: CentrePresence['state'], startId = FIRST, connection = 1): CentrePresence {
  return { v: 3, state, startId, connection }
}

function watch(random = () => 0.5) {
  const delaysMs: number[] = []
  const centre = createCentreWatch({ random, onBack: (delayMs) => delaysMs.push(delayMs) })
  return { centre, delaysMs }
}

describe('watching for the centre', () => {
  test('what the broker kept from before the connection asks for no second hello', () => {
    const { centre, delaysMs } = watch()
    centre.onPresence(presence('online'), true)
    centre.onPresence(presence('online'), false)
    expect(delaysMs).toEqual([])
  })

  test('a centre that comes after this connection is greeted, also when it is the first that is heard', () => {
    const { centre, delaysMs } = watch()
    centre.onPresence(presence('online'), false)
    expect(delaysMs).toHaveLength(1)
  })

  test('a new start, and a new connection of the same start, are greeted once each', () => {
    const { centre, delaysMs } = watch()
    centre.onPresence(presence('online'), true)
    for (const next of [presence('online', SECOND), presence('online', SECOND, 2)]) {
      centre.onPresence(next, false)
      centre.onPresence(next, false)
    }
    expect(delaysMs).toHaveLength(2)
  })

  test('a late will of an older connection does not make a centre that is there be away', () => {
    const { centre } = watch()
    centre.onPresence(presence('online', SECOND), true)
    centre.onPresence(presence('offline', FIRST), false)
    expect(centre.isAway).toBe(false)
    centre.onPresence(presence('offline', SECOND), false)
    expect(centre.isAway).toBe(true)
    centre.onPresence(presence('online', FIRST, 2), false)
    expect(centre.isAway).toBe(false)
  })

  test('devices spread their hellos over the whole bound and never beyond it', () => {
    const drawn = [0, 0.25, 0.999_999].map((chance) => {
      const { centre, delaysMs } = watch(() => chance)
      centre.onPresence(presence('online'), false)
      return delaysMs[0]
    })
    expect(drawn).toEqual([0, HELLO_AGAIN_SPREAD_MS / 4, HELLO_AGAIN_SPREAD_MS])
  })
})
