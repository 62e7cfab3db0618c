// An inference session in a thread of its own: the caller's event loop stays free while the model runs.
import type { Transferable } from 'node:worker_threads'
import { workerScript } from './answer-questions.ts'
import type { InferenceSession, TensorMap } from './inference-session.ts'
import { WorkerPool } from './worker-pool.ts'

/** @throws FleetError PACK_INVALID when the model cannot be loaded. */
export async function createWorkerSession(modelPath: string): Promise<InferenceSession> {
  const { pool, ready } = await WorkerPool.start<
    TensorMap,
    TensorMap,
    { inputNames: readonly string[]; outputNames: readonly string[] }
  >({
    script: workerScript('session-worker', import.meta.url),
    size: 1,
    workerData: { modelPath },
    name: 'inference session',
  })
  return {
    ...ready,
    run: (feeds, signal) =>
      pool.ask(
        feeds,
        Object.values(feeds).map((tensor) => tensor.data.buffer as Transferable),
        signal,
      ),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}
