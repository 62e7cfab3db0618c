// The worker's side of worker-pool.ts: load once, then answer one question after the other.
import { parentPort, type Transferable } from 'node:worker_threads'
import { must, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'

export interface Answered<Answer> {
  answer: Answer
  transfer?: Transferable[]
}

/** `load` returns what the pool is told first and the function that answers. */
export async function answerQuestions<Ask, Answer, Ready>(
  load: () => Promise<{ ready: Ready; answer: (ask: Ask) => Promise<Answered<Answer>> }>,
): Promise<void> {
  const port = must(parentPort, 'a parent thread')
  let loaded: Awaited<ReturnType<typeof load>>
  try {
    loaded = await load()
  } catch (thrown) {
    port.postMessage(toFleetError(thrown).toBody())
    return
  }
  port.on('message', (ask: Ask) => {
    loaded.answer(ask).then(
      ({ answer, transfer = [] }) => port.postMessage({ answer }, transfer),
      (thrown: unknown) => port.postMessage(toFleetError(thrown).toBody()),
    )
  })
  port.postMessage({ ready: loaded.ready })
}

/** Where a worker's file lies, from sources and from a build alike. */
export function workerScript(name: string, importMetaUrl: string): URL {
  return new URL(`./${name}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl)
}
