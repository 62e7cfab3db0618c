// What Node adds to an engine: the time from a frame in page-locked or plain memory to the result in JavaScript, beside
// bench_python.py on the same plan; and what a second context gives.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngineCache, type RunSettings } from '../src/engine-cache.ts'
import type { EngineInput } from '../src/engine.ts'
import {
  buildOf,
  copyTensor,
  median,
  OUT,
  PLANS,
  readCase,
  relativeError,
  rounded,
  writeTable,
} from './cases.ts'

const WARM_UP = 10
const ROUNDS = 100

const { inputs, outputs } = readCase('stack')
const { x } = inputs
const { y } = outputs
if (!x || !y) throw new Error('the case stack is incomplete')
const rows: Record<string, string | number | boolean>[] = []

async function time(name: string, settings: RunSettings, place: 'pinned' | 'plain'): Promise<void> {
  if (!x || !y) return
  const { engine, planPath } = await createEngineCache(PLANS).open({
    build: buildOf('stack', 'fp16'),
    run: settings,
  })
  await using _engine = engine
  writeFileSync(join(OUT, 'stack-plan-path.txt'), planPath)
  const pinned = await engine.allocatePinned(x.data.byteLength)
  new Float32Array(pinned.buffer).set(x.data as Float32Array)
  const input = (): EngineInput =>
    place === 'pinned' ? { type: x.type, dims: x.dims, pinned } : copyTensor(x)
  const wallMs: number[] = []
  const computeMs: number[] = []
  let error = 0
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const given = input()
    const started = performance.now()
    const result = await engine.run({ x: given })
    if (round < WARM_UP) continue
    wallMs.push(performance.now() - started)
    computeMs.push(result.computeMs)
    error = result.outputs['y'] ? relativeError(result.outputs['y'], y) : Number.NaN
  }
  const prepared = Array.from({ length: ROUNDS }, input)
  const startedAll = performance.now()
  await Promise.all(prepared.map((given) => engine.run({ x: given })))
  const allMs = performance.now() - startedAll
  rows.push({
    what: name,
    'latency ms': rounded(median(wallMs), 4),
    'of it GPU ms': rounded(median(computeMs), 4),
    'streamed ms per run': rounded(allMs / ROUNDS, 4),
    'relative error': rounded(error),
  })
}

const streaming = { waitingMax: 1000 }
await time('Node, page-locked, spin', { spin: true, contexts: 1, ...streaming }, 'pinned')
await time('Node, page-locked', { contexts: 1, ...streaming }, 'pinned')
await time('Node, plain buffers', { contexts: 1, ...streaming }, 'plain')
await time('Node, plain buffers, no graph', { contexts: 1, useGraphs: false, ...streaming }, 'plain')
await time('Node, page-locked, 2 contexts', { contexts: 2, ...streaming }, 'pinned')
await time('Node, plain buffers, 2 contexts', { contexts: 2, ...streaming }, 'plain')
await time('Node, host memory mapped', { contexts: 1, mapHost: true, ...streaming }, 'plain')
writeTable('bench-node', rows)
