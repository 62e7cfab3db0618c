// Every case in every precision that fits it against onnxruntime on the CPU: built, run, replayed as a graph.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createEngineCache } from '../src/engine-cache.ts'
import type { Precision } from '../src/build-engine.ts'
import { probe } from '../src/probe.ts'
import { buildOf, copyOf, LIBRARIES, PLANS, readCase, relativeError, rounded, writeTable } from './cases.ts'

/** Relative error that each precision may add on graphs of a few layers. */
const TOLERANCE: Record<Precision, number> = {
  fp32: 2e-3, // TensorRT multiplies fp32 in TF32 by default.
  fp16: 5e-3,
  bf16: 3e-2,
  int8: 2e-2,
  fp8: 6e-2,
  'as-exported': 5e-3,
}

const RUNS: readonly [string, Precision][] = [
  ['mlp', 'fp32'],
  ['mlp', 'fp16'],
  ['conv', 'fp32'],
  ['conv', 'fp16'],
  ['conv', 'bf16'],
  ['head', 'fp32'],
  ['types', 'fp32'],
  ['attention', 'fp32'],
  ['attention', 'fp16'],
  ['attention', 'bf16'],
  ['attention_half', 'as-exported'],
  ['quantized_int8', 'int8'],
  ['quantized_fp8', 'fp8'],
  ['wide', 'fp32'],
]

const rows: Record<string, string | number | boolean>[] = []
after(() => writeTable('numbers', rows))

void test('the probe finds TensorRT and the GPU, and says so in one sentence', async () => {
  const found = await probe({ libraryDir: LIBRARIES })
  process.stdout.write(`${found.sentence} ${JSON.stringify(found.devices)}\n`)
  assert.equal(found.canRun, true)
  assert.equal(found.canBuild, true)
  assert.match(found.sentence, /^TensorRT 10\.\d+.* is ready\.$/)
})

for (const [name, precision] of RUNS) {
  void test(`${name} in ${precision} agrees with onnxruntime, run and replayed`, async () => {
    const { inputs, outputs } = readCase(name)
    const started = performance.now()
    const { engine, origin } = await createEngineCache(PLANS).open({ build: buildOf(name, precision) })
    await using _engine = engine
    const buildSeconds = (performance.now() - started) / 1000
    let worst = 0
    const ms: number[] = []
    let replayed = 0
    // One context takes turns: the third of its runs is a replay.
    for (let round = 0; round < 8; round += 1) {
      const result = await engine.run(copyOf(inputs))
      ms.push(result.computeMs)
      replayed += Number(result.replayedGraph)
      for (const [output, expected] of Object.entries(outputs)) {
        const actual = result.outputs[output]
        assert.ok(actual, `${output} is missing`)
        assert.deepEqual([actual.type, [...actual.dims]], [expected.type, [...expected.dims]])
        worst = Math.max(worst, relativeError(actual, expected))
      }
    }
    rows.push({
      case: name,
      precision,
      origin,
      'build s': rounded(buildSeconds),
      'relative error': rounded(worst),
      'first ms': rounded(ms[0] ?? 0),
      'last ms': rounded(ms.at(-1) ?? 0),
      replayed,
    })
    assert.ok(worst <= TOLERANCE[precision], `relative error ${worst}`)
    assert.ok(replayed >= 4, `${replayed} of 8 runs were replayed`)
  })
}
