import { expect, test } from 'vitest'
import { runInOrder, type Service } from './run-in-order.ts'

function service(name: string, log: string[], failing?: Promise<never>): Service {
  return {
    async run(signal) {
      log.push(`${name} runs`)
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      await (failing ? Promise.race([stopped, failing]) : stopped)
      log.push(`${name} ends`)
    },
  }
}

test('the last group is stopped only after the first has ended', async () => {
  const log: string[] = []
  const stop = new AbortController()
  const running = runInOrder([[service('a', log), service('b', log)], [service('sync', log)]], stop.signal)
  stop.abort(new Error('stop'))
  await running
  expect(log).toEqual(['a runs', 'b runs', 'sync runs', 'a ends', 'b ends', 'sync ends'])
})

test('a failure anywhere stops all in the same order and is told', async () => {
  for (const at of [0, 1]) {
    const log: string[] = []
    const { promise, reject } = Promise.withResolvers<never>()
    const groups = [[service('a', log)], [service('sync', log)]]
    groups[at]?.push(service('bad', log, promise))
    const running = runInOrder(groups, new AbortController().signal)
    reject(new Error('broken'))
    await expect(running).rejects.toThrow('broken')
    expect(log.filter((line) => line.endsWith('ends'))).toEqual(['a ends', 'sync ends'])
  }
})

test('a group whose services end by themselves does not end the others', async () => {
  const log: string[] = []
  const stop = new AbortController()
  const running = runInOrder([[service('a', log)], [{ run: async () => undefined }]], stop.signal)
  await Promise.resolve()
  expect(log).toEqual(['a runs'])
  stop.abort(new Error('stop'))
  await running
})
