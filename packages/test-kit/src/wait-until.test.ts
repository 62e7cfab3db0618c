import { describe, expect, it } from 'vitest'
import { waitUntil } from './wait-until.ts'

describe('waitUntil', () => {
  it('returns the first truthy value and counts a throw as "not yet"', async () => {
    const answers = [() => undefined, () => 0, () => JSON.parse('{') as string, () => 'here']
    const value = await waitUntil('an answer', () => answers.shift()?.(), { intervalMs: 1 })
    expect(value).toBe('here')
    expect(answers).toEqual([])
  })

  it('fails at the deadline with what was waited for and the last error', async () => {
    const refuse = (): never => {
      throw new Error('connection refused')
    }
    await expect(waitUntil('the broker', refuse, { deadlineMs: 20, intervalMs: 5 })).rejects.toThrow(
      'waited 20 ms for the broker; last error: connection refused',
    )
  })

  it('ends when its signal is aborted', async () => {
    const abort = new AbortController()
    const waiting = waitUntil('nothing', () => false, { signal: abort.signal })
    abort.abort(new Error('the test is over'))
    await expect(waiting).rejects.toThrow('the test is over')
  })
})
