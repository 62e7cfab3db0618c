// For runs.gpu.test.ts: runs an engine over and over until it is told to finish, then says how often.
import { parentPort } from 'node:worker_threads'
import { createEngineCache } from '../src/engine-cache.ts'
import { buildOf, copyOf, PLANS, readCase } from './cases.ts'

const { inputs } = readCase('conv')
let finishing = false
let runs = 0
parentPort?.once('message', () => {
  finishing = true
})

const { engine } = await createEngineCache(PLANS).open({ build: buildOf('conv', 'fp32') })
await engine.run(copyOf(inputs))
parentPort?.postMessage('running')
while (!finishing) {
  await Promise.all([engine.run(copyOf(inputs)), engine.run(copyOf(inputs))])
  runs += 2
  await new Promise((resolve) => setImmediate(resolve))
}
await engine[Symbol.asyncDispose]()
parentPort?.postMessage(runs)
