import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { EngineInput } from './engine.ts'
import { openSimulated, rowsOf, simulatedFolder } from './testing/simulated-gpu.ts'
import { openTrtEngine } from './trt-engine.ts'

const folder = simulatedFolder()
afterAll(() => folder[Symbol.dispose]())

it('runs any shape within its profile, in any order, plain and replayed', async () => {
  await using engine = await openSimulated(folder)
  for (const rows of [1, 1, 1, 8, 8, 8, 3, 1]) {
    const { outputs } = await engine.run({ x: rowsOf(rows, rows) })
    expect(outputs['y']?.dims).toEqual([rows, 16])
    expect(outputs['y']?.data).toEqual(new Float32Array(rows * 16).fill(2 * rows))
  }
})

it('replays a shape from its second run on, and not when graphs are off', async () => {
  await using engine = await openSimulated(folder)
  await using plain = await openSimulated(folder, undefined, { useGraphs: false })
  const replayed: boolean[] = []
  for (let i = 0; i < 3; i += 1) {
    replayed.push((await engine.run({ x: rowsOf(2, i) })).replayedGraph)
    expect((await plain.run({ x: rowsOf(2, i) })).replayedGraph).toBe(false)
  }
  expect(replayed).toEqual([false, true, true])
})

for (const mapHost of [false, true]) {
  it(`hands a tensor on the GPU from run to run, mapHost ${mapHost}`, async () => {
    await using engine = await openSimulated(folder, undefined, { mapHost })
    const first = await engine.run({ x: rowsOf(3, 5) }, { keepOnDevice: ['y'] })
    expect(first.outputs).toEqual({})
    const y = first.onDevice['y']
    if (!y) throw new Error('y is missing')
    expect(y).toMatchObject({ type: 'float32', dims: [3, 16], bytes: 192 })
    const second = await engine.run({ x: y })
    expect(second.outputs['y']?.data).toEqual(new Float32Array(48).fill(20))
    y[Symbol.dispose]()
    await expect(engine.run({ x: y })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
}

it('reads page-locked buffers, shared memory, views and WebAssembly memory, and takes over large plain buffers', async () => {
  const lines = ['input x float32 1 40000', 'output y float32 1 40000', 'scale 3']
  await using engine = await openSimulated(folder, lines)
  const dims = [1, 40000]
  const expected = new Float32Array(40000).fill(12)
  const pinned = await engine.allocatePinned(160_000)
  new Float32Array(pinned.buffer).fill(4)
  const shared = new Float32Array(new SharedArrayBuffer(160_000)).fill(4)
  const larger = new Float32Array(50_000).fill(4)
  const wasm = new Float32Array(wasmMemory(3), 0, 40000).fill(4)
  const plain = new Float32Array(40000).fill(4)
  const inputs: EngineInput[] = [
    { type: 'float32', dims, pinned },
    { type: 'float32', dims, data: shared },
    { type: 'float32', dims, data: larger.subarray(0, 40000) },
    { type: 'float32', dims, data: wasm },
    { type: 'float32', dims, data: plain },
  ]
  for (const x of inputs) expect((await engine.run({ x })).outputs['y']?.data).toEqual(expected)
  expect(larger.length).toBe(50_000)
  expect(wasm.length).toBe(40000)
  expect(plain.length).toBe(0)
})

it('refuses what does not fit before it takes over a buffer', async () => {
  await using engine = await openSimulated(folder)
  const x = rowsOf(4, 1)
  const refused: Record<string, unknown>[] = [
    {},
    { x, z: x },
    { x: { ...x, type: 'int32' } },
    { x: { ...x, type: 'complex64' } },
    { x: { ...x, dims: [4, 15] } },
    { x: { ...x, dims: [9, 16] } },
    { x: { ...x, dims: [0, 16] } },
    { x: { ...x, dims: [3, 16] } },
    { x: { ...x, dims: '4,16' } },
    { x: { ...x, data: [1, 2] } },
    { x: { type: 'float32', dims: [4, 16], pinned: { buffer: new ArrayBuffer(1024) } } },
    { x: { type: 'float32', dims: [4, 16] } },
    { x: { type: 'float32', dims: [4, 16], bytes: 256 } },
  ]
  for (const inputs of refused) {
    await expect(engine.run(inputs as Record<string, EngineInput>)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  }
  await expect(engine.run({ x }, { outputs: ['z'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(engine.run({ x }, { keepOnDevice: ['x'] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect((await engine.run({ x })).outputs['y']?.data).toHaveLength(64)
})

it('answers every shape with the right values or INVALID_INPUT', async () => {
  await using engine = await openSimulated(folder)
  const dim = fc.oneof(fc.integer({ min: -2, max: 20 }), fc.constant(16), fc.double())
  await fc.assert(
    fc.asyncProperty(
      fc.array(dim, { maxLength: 9 }),
      fc.integer({ min: 0, max: 200 }),
      async (dims, length) => {
        const data = new Float32Array(length).fill(7)
        const [rows = 0, width] = dims
        const fits =
          dims.length === 2 &&
          width === 16 &&
          Number.isInteger(rows) &&
          rows >= 1 &&
          rows <= 8 &&
          length === rows * 16
        const run = engine.run({ x: { type: 'float32', dims, data } })
        if (fits) expect((await run).outputs['y']?.data).toEqual(new Float32Array(length).fill(14))
        else await expect(run).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      },
    ),
    { numRuns: 300 },
  )
})

it('says INTERNAL when the GPU refuses a run, and GPU_MEMORY_SHORT when it is full', async () => {
  await using failing = await openSimulated(folder, ['input x float32 2', 'output y float32 2', 'fail run'])
  const x: EngineInput = { type: 'float32', dims: [2], data: new Float32Array(2) }
  await expect(failing.run({ x })).rejects.toMatchObject({ code: 'INTERNAL' })
  const tooLarge = ['input x float32 2', 'output y float32 2', 'context 900000000']
  await using full = await openSimulated(folder, tooLarge)
  await expect(full.run({ x })).rejects.toMatchObject({
    code: 'GPU_MEMORY_SHORT',
    message: expect.stringContaining('858 MiB'),
  })
  // The output alone is larger than the simulated GPU, which only the allocation shows.
  await using wide = await openSimulated(folder, ['input x float32 2', 'output y float32 9000 9000'])
  await expect(wide.run({ x })).rejects.toMatchObject({ code: 'GPU_MEMORY_SHORT' })
})

it('ends waiting and running runs with CANCELLED, and goes on', async () => {
  await using engine = await openSimulated(folder, [...slow(20)], { contexts: 1 })
  const abort = new AbortController()
  const runs = Array.from({ length: 5 }, () => engine.run({ x: pair() }, { signal: abort.signal }))
  await engine.run({ x: pair() }).then(() => abort.abort())
  const states = await Promise.allSettled(runs)
  expect(states.some(({ status }) => status === 'fulfilled')).toBe(true)
  await expect(engine.run({ x: pair() }, { signal: abort.signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  const late = new AbortController()
  const aborted = Array.from({ length: 5 }, () => engine.run({ x: pair() }, { signal: late.signal }))
  late.abort()
  for (const run of aborted) await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
  expect((await engine.run({ x: pair() })).outputs['y']?.data).toEqual(new Float32Array([1, 1]))
})

it('does not block the event loop while the GPU works', async () => {
  await using engine = await openSimulated(folder, [...slow(200)])
  let turns = 0
  let running = true
  const turn = (): void => {
    turns += 1
    if (running) setImmediate(turn)
  }
  turn()
  await engine.run({ x: pair() })
  running = false
  expect(turns).toBeGreaterThan(100)
})

it('lets what runs end when it is closed, and is UNAVAILABLE afterwards', async () => {
  const engine = await openSimulated(folder, [...slow(20)])
  const underWay = engine.run({ x: pair() })
  const closing = engine[Symbol.asyncDispose]()
  await expect(engine.run({ x: pair() })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect((await underWay).outputs['y']?.data).toHaveLength(2)
  await closing
  await engine[Symbol.asyncDispose]()
  expect(() => engine.memory()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
})

it('refuses options and plans that make no sense', async () => {
  await expect(openTrtEngine({ planPath: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(openTrtEngine({ planPath: 'x', contexts: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

function slow(sleepMs: number): string[] {
  return ['input x float32 2', 'output y float32 2', `sleep ${sleepMs}`]
}

function pair(): EngineInput {
  return { type: 'float32', dims: [2], data: new Float32Array([1, 1]) }
}

/** Memory that cannot be detached. TypeScript knows WebAssembly only with the browser's types. */
function wasmMemory(initial: number): ArrayBuffer {
  const { WebAssembly: wasm } = globalThis as unknown as {
    WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } }
  }
  return new wasm.Memory({ initial }).buffer
}
