// Running: shapes, places of tensors, cancelling, many at once, worker threads, and what is freed afterwards.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createEngineCache, type RunSettings } from '../src/engine-cache.ts'
import type { Engine } from '../src/engine.ts'
import { loadAddon } from '../src/native-addon.ts'
import type { HostTensor } from '../src/tensor.ts'
import { buildOf, copyOf, copyTensor, PLANS, readCase, relativeError } from './cases.ts'

const TOLERANCE = 2e-3

async function open(name: string, run: RunSettings = {}): Promise<Engine> {
  return (await createEngineCache(PLANS).open({ build: buildOf(name, 'fp32'), run })).engine
}

function only(tensors: Readonly<Record<string, HostTensor>>): HostTensor {
  const [tensor] = Object.values(tensors)
  assert.ok(tensor)
  return tensor
}

/** The first `rows` rows of a matrix. */
function head(tensor: HostTensor, rows: number): HostTensor {
  assert.equal(tensor.type, 'float32')
  const width = tensor.dims[1] ?? 0
  return { type: 'float32', dims: [rows, width], data: tensor.data.slice(0, rows * width) as Float32Array }
}

void test('shapes within the profile work in any order, and those outside are refused', async () => {
  const { inputs, outputs } = readCase('mlp')
  await using engine = await open('mlp')
  for (const rows of [8, 1, 1, 1, 5, 5, 2, 8, 8, 8, 3, 1]) {
    const result = await engine.run({ x: head(only(inputs), rows) })
    assert.ok(relativeError(only(result.outputs), head(only(outputs), rows)) < TOLERANCE)
  }
  for (const dims of [[9, 16], [0, 16], [4, 15], [4], [4, 16, 1], [-1, 16], [1.5, 16]]) {
    const data = new Float32Array(Math.max(0, Math.ceil(dims.reduce((a, b) => a * b, 1))))
    await assert.rejects(engine.run({ x: { type: 'float32', dims, data } }), { code: 'INVALID_INPUT' })
  }
  await assert.rejects(engine.run({}), { code: 'INVALID_INPUT' })
  await assert.rejects(engine.run({ x: head(only(inputs), 1) }, { outputs: ['z'] }), {
    code: 'INVALID_INPUT',
  })
})

for (const settings of [{}, { spin: true }, { useGraphs: false }, { mapHost: true }, { contexts: 4 }]) {
  void test(`32 runs at once give the right results with ${JSON.stringify(settings)}`, async () => {
    const { inputs, outputs } = readCase('mlp')
    await using engine = await open('mlp', settings)
    const rows = Array.from({ length: 32 }, (_, i) => (i % 8) + 1)
    const results = await Promise.all(rows.map((count) => engine.run({ x: head(only(inputs), count) })))
    for (const [i, result] of results.entries()) {
      assert.ok(relativeError(only(result.outputs), head(only(outputs), rows[i] ?? 0)) < TOLERANCE)
    }
  })
}

void test('engines opened and closed side by side, over and over, leave the process sound', async () => {
  const { inputs, outputs } = readCase('mlp')
  for (let round = 0; round < 20; round += 1) {
    const engines = await Promise.all([1, 2, 4].map((contexts) => open('mlp', { contexts })))
    const results = await Promise.all(
      engines.flatMap((engine) =>
        Array.from({ length: 8 }, (_, i) => engine.run({ x: head(only(inputs), i + 1) })),
      ),
    )
    for (const [i, result] of results.entries()) {
      assert.ok(relativeError(only(result.outputs), head(only(outputs), (i % 8) + 1)) < TOLERANCE)
    }
    const [first, ...others] = engines
    await first?.[Symbol.asyncDispose]()
    // Contexts of two engines go at once, while a third is opened.
    const reopened = open('mlp')
    await Promise.all(others.map((engine) => engine[Symbol.asyncDispose]()))
    await (await reopened)[Symbol.asyncDispose]()
  }
})

void test('inputs from page-locked buffers, shared memory and views agree with plain ones', async () => {
  const { inputs, outputs } = readCase('conv')
  const x = only(inputs)
  await using engine = await open('conv')
  const pinned = await engine.allocatePinned(x.data.byteLength)
  new Float32Array(pinned.buffer).set(x.data as Float32Array)
  const shared = new Float32Array(new SharedArrayBuffer(x.data.byteLength))
  shared.set(x.data as Float32Array)
  const larger = new Float32Array(x.data.length + 10)
  larger.set(x.data as Float32Array, 10)
  const { dims } = x
  for (const input of [
    copyTensor(x),
    { type: 'float32', dims, pinned },
    { type: 'float32', dims, data: shared },
    { type: 'float32', dims, data: larger.subarray(10) },
  ] as const) {
    const result = await engine.run({ x: input })
    for (const [name, expected] of Object.entries(outputs)) {
      const actual = result.outputs[name]
      assert.ok(actual && relativeError(actual, expected) < TOLERANCE)
    }
  }
  assert.equal(larger.length, x.data.length + 10, 'a view of a larger buffer is copied, not taken')
})

for (const mapHost of [false, true]) {
  void test(`a tensor kept on the GPU is the input of the next engine, mapHost ${mapHost}`, async () => {
    const { inputs, outputs } = readCase('conv')
    await using first = await open('conv', { mapHost })
    await using second = await open('head', { mapHost })
    const viaHost = await second.run({ features: copyTensor(outputs['features'] ?? only(outputs)) })
    const kept = await first.run(copyOf(inputs), { keepOnDevice: ['features'], outputs: [] })
    assert.deepEqual(Object.keys(kept.outputs), [])
    const features = kept.onDevice['features']
    assert.ok(features)
    assert.deepEqual([...features.dims], [1, 8, 64, 64])
    const onDevice = await second.run({ features })
    assert.ok(relativeError(only(onDevice.outputs), only(viaHost.outputs)) < TOLERANCE)
    features[Symbol.dispose]()
    await assert.rejects(second.run({ features }), { code: 'INVALID_INPUT' })
  })
}

void test('an aborted run is CANCELLED, waiting or running, and the engine goes on', async () => {
  const { inputs, outputs } = readCase('conv')
  await using engine = await open('conv', { contexts: 1 })
  const abort = new AbortController()
  const { signal } = abort
  const runs = Array.from({ length: 10 }, () => engine.run(copyOf(inputs), { signal }))
  abort.abort()
  for (const run of await Promise.allSettled(runs)) {
    assert.equal(run.status, 'rejected')
    assert.equal(run.status === 'rejected' && (run.reason as { code: string }).code, 'CANCELLED')
  }
  await assert.rejects(engine.run(copyOf(inputs), { signal: AbortSignal.abort() }), { code: 'CANCELLED' })
  const result = await engine.run(copyOf(inputs))
  const { score } = result.outputs
  assert.ok(score && outputs['score'] && relativeError(score, outputs['score']) < TOLERANCE)
})

void test('too many waiting runs are refused, a closed engine is UNAVAILABLE', async () => {
  const { inputs } = readCase('conv')
  const engine = await open('conv', { contexts: 1, waitingMax: 3 })
  const runs = await Promise.allSettled(Array.from({ length: 10 }, () => engine.run(copyOf(inputs))))
  const codes = runs.map((run) => (run.status === 'rejected' ? (run.reason as { code: string }).code : 'ok'))
  assert.deepEqual(codes.toSorted(), [...Array(6).fill('TOO_MANY_REQUESTS'), ...Array(4).fill('ok')])
  const underWay = engine.run(copyOf(inputs))
  await engine[Symbol.asyncDispose]()
  await underWay
  await assert.rejects(engine.run(copyOf(inputs)), { code: 'UNAVAILABLE' })
})

void test('four worker threads run engines of their own, and one may be terminated in the middle', async () => {
  const workers = Array.from(
    { length: 4 },
    () => new Worker(new URL('./run-worker.ts', import.meta.url), { execArgv: ['--conditions=source'] }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const [victim, ...rest] = workers
  await victim?.terminate()
  for (const worker of rest) {
    worker.postMessage('finish')
    const [runs] = (await once(worker, 'message')) as [number]
    assert.ok(runs > 0)
    await once(worker, 'exit')
  }
})

void test('what is dropped without dispose is collected, down to the last byte on the GPU', async () => {
  const collect = globalThis.gc
  assert.ok(collect, 'run with --expose-gc')
  const settled = async (): Promise<ReturnType<ReturnType<typeof loadAddon>['liveCounts']>> => {
    for (let i = 0; i < 50; i += 1) {
      collect()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return loadAddon().liveCounts()
  }
  const before = await settled()
  const { inputs } = readCase('conv')
  await (async () => {
    const engine = await open('conv')
    await engine.run(copyOf(inputs), { keepOnDevice: ['features'] })
    await engine.allocatePinned(1000)
    // The engine's wrapper is dropped while runs are under way: they finish all the same.
    await Promise.all(Array.from({ length: 8 }, () => engine.run(copyOf(inputs))))
  })()
  assert.deepEqual(await settled(), before)
})
