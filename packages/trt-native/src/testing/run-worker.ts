// For lifetimes.test.ts: runs an engine over and over until it is told to finish, then says how often.
import { parentPort } from 'node:worker_threads'
import { openSimulated, rowsOf, simulatedFolder } from './simulated-gpu.ts'

using folder = simulatedFolder()
let finishing = false
let runs = 0
parentPort?.once('message', () => {
  finishing = true
})

const engine = await openSimulated(folder, ['input x float32 -1 16', 'output y float32 -1 16', 'sleep 1'])
await engine.run({ x: rowsOf(1, 1) })
parentPort?.postMessage('running')
while (!finishing) {
  await Promise.all([engine.run({ x: rowsOf(1, 1) }), engine.run({ x: rowsOf(2, 1) })])
  runs += 2
  await new Promise((resolve) => setImmediate(resolve))
}
await engine[Symbol.asyncDispose]()
parentPort?.postMessage(runs)
