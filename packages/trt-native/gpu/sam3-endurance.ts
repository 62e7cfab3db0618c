// 20,000 runs of SAM3's prompt decoder with its plugin: neither the process nor the GPU's memory may grow.
import { join } from 'node:path'
import { openTrtEngine } from '../src/trt-engine.ts'
import type { HostTensor } from '../src/tensor.ts'
import { writeTable } from './cases.ts'

const [models = ''] = process.argv.slice(2)
const RUNS = 20_000
const SETTLED = 2000
/** MiB that may come and go with the collector. */
const GROWTH_MIB_MAX = 16

const engine = await openTrtEngine({
  planPath: join(models, 'decoder/prompt-decoder.node.plan'),
  contexts: 1,
})
const inputs = engine.inputs.map(({ name, type, dims }) => {
  const shape = dims.map((size) => (size === -1 ? 1 : size))
  const count = shape.reduce((product, size) => product * size, 1)
  const tensor = (
    type === 'int64'
      ? { type, dims: shape, data: new BigInt64Array(count).fill(1n) }
      : { type, dims: shape, data: new Float16Array(count).fill(0.1) }
  ) as HostTensor
  return [name, tensor] as const
})
const pinned = await Promise.all(
  inputs.map(async ([name, { type, dims, data }]) => {
    const locked = await engine.allocatePinned(data.byteLength)
    new Uint8Array(locked.buffer).set(new Uint8Array(data.buffer))
    return [name, { type, dims, pinned: locked }] as const
  }),
)
const given = Object.fromEntries(pinned)

function memory(): { rss: number; gpu: number } {
  globalThis.gc?.()
  const { freeBytes, totalBytes } = engine.memory()
  return { rss: process.memoryUsage().rss / 2 ** 20, gpu: (totalBytes - freeBytes) / 2 ** 20 }
}

let before = memory()
for (let run = 0; run < RUNS; run += 1) {
  if (run === SETTLED) before = memory()
  await engine.run(given, { outputs: ['pred_scores'] })
}
const after = memory()
writeTable('sam3-endurance', [
  {
    runs: RUNS,
    'RSS before MiB': Math.round(before.rss),
    'RSS after MiB': Math.round(after.rss),
    'GPU before MiB': Math.round(before.gpu),
    'GPU after MiB': Math.round(after.gpu),
  },
])
await engine[Symbol.asyncDispose]()
if (after.rss - before.rss > GROWTH_MIB_MAX || after.gpu - before.gpu > GROWTH_MIB_MAX) process.exitCode = 1
