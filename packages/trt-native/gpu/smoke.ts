// A short walk over every path of the runtime, on plans that are built already: what compute-sanitizer watches.
import { createEngineCache } from '../src/engine-cache.ts'
import { loadAddon } from '../src/native-addon.ts'
import { buildOf, copyOf, PLANS, readCase } from './cases.ts'

const ROUNDS = 12

for (const settings of [{}, { useGraphs: false }, { mapHost: true }]) {
  const cache = createEngineCache(PLANS)
  const { engine: conv } = await cache.open({ build: buildOf('conv', 'fp32'), run: settings })
  const { engine: head } = await cache.open({ build: buildOf('head', 'fp32'), run: settings })
  const { engine: mlp } = await cache.open({ build: buildOf('mlp', 'fp32'), run: settings })
  for (let round = 0; round < ROUNDS; round += 1) {
    const rows = (round % 8) + 1
    const [kept] = await Promise.all([
      conv.run(copyOf(readCase('conv').inputs), { keepOnDevice: ['features'] }),
      conv.run(copyOf(readCase('conv').inputs)),
      mlp.run({ x: { type: 'float32', dims: [rows, 16], data: new Float32Array(rows * 16) } }),
    ])
    const features = kept.onDevice['features']
    if (!features) throw new Error('features are missing')
    await head.run({ features })
    features[Symbol.dispose]()
  }
  await Promise.all([conv, head, mlp].map((engine) => engine[Symbol.asyncDispose]()))
}
process.stdout.write(`smoke: ${JSON.stringify(loadAddon().liveCounts())}\n`)
