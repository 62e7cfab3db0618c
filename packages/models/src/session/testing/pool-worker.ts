// A worker that does what its question says, so that a test can see a pool through every kind of trouble.
import { threadId, workerData } from 'node:worker_threads'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { answerQuestions } from '../answer-questions.ts'

export type PoolQuestion =
  | { kind: 'echo'; text: string }
  | { kind: 'throw' }
  | { kind: 'die' }
  /** Waits until the shared flag is raised, and makes it 2 when it has gone on. */
  | { kind: 'wait'; flag: Int32Array }
  | { kind: 'length'; bytes: Uint8Array }

const { mode } = workerData as { mode: 'works' | 'cannot load' | 'dies while loading' | 'dies when asked' }

await answerQuestions<PoolQuestion, string | number, { threadId: number }>(async () => {
  if (mode === 'cannot load')
    throw new FleetError('PACK_INVALID', 'this file is broken', { hint: 'Mend it.' })
  if (mode === 'dies while loading') process.exit(3)
  return {
    ready: { threadId },
    answer: async (ask) => {
      if (ask.kind === 'die' || mode === 'dies when asked') process.exit(3)
      if (ask.kind === 'throw') throw new FleetError('INVALID_INPUT', 'not this', { hint: 'Ask otherwise.' })
      if (ask.kind === 'wait') {
        Atomics.wait(ask.flag, 0, 0)
        Atomics.store(ask.flag, 0, 2)
      }
      if (ask.kind === 'echo') return { answer: ask.text }
      return { answer: ask.kind === 'length' ? ask.bytes.length : threadId }
    },
  }
})
