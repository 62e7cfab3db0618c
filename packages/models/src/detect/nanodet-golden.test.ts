import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DEFAULT_PACK_DIR, readManifest } from '../pack/load-pack.ts'
import { createOnnxSession } from '../session/onnx-session.ts'
import { nanodetInput } from './nanodet-preprocess.ts'
import { streetFrame } from './testing/street-frame.ts'

interface Golden {
  scoreMin: number
  cells: { stride: number; cell: number; label: number; score: number; bins: number[] }[]
}
/** Both compute in f32 but add in another order; seen: 2e-5. */
const SCORE_TOLERANCE = 1e-3
const BIN_TOLERANCE = 1e-2

it('the converted model answers as the original weights do under TensorFlow.js', async () => {
  const golden = JSON.parse(
    await readFile(new URL('./golden/street.json', import.meta.url), 'utf8'),
  ) as Golden
  const { detector } = await readManifest(DEFAULT_PACK_DIR)
  if (!detector) throw new Error('the default pack has a detector')
  await using session = await createOnnxSession(join(DEFAULT_PACK_DIR, detector.model))
  // The original takes one size only.
  const { input } = await streetFrame({ ...detector.input, multipleOf: detector.input.width })
  const outputs = await session.run({ image: nanodetInput(input, detector.input) })

  let scoreDrift = 0
  let binDrift = 0
  for (const { stride, cell, label, score, bins } of golden.cells) {
    const scores = outputs[`scores_${stride}`]?.data as Float32Array
    const distances = outputs[`distances_${stride}`]?.data as Float32Array
    scoreDrift = Math.max(scoreDrift, Math.abs((scores[cell * 80 + label] as number) - score))
    bins.forEach((bin, at) => {
      binDrift = Math.max(binDrift, Math.abs((distances[cell * 44 + at] as number) - bin))
    })
  }
  expect(golden.cells.length).toBeGreaterThan(50)
  expect(scoreDrift).toBeLessThan(SCORE_TOLERANCE)
  expect(binDrift).toBeLessThan(BIN_TOLERANCE)

  // Nothing that the original does not see, either.
  let strong = 0
  for (const stride of detector.strides) {
    const scores = outputs[`scores_${stride}`]?.data as Float32Array
    strong += scores.filter((score) => score >= golden.scoreMin).length
  }
  expect(Math.abs(strong - golden.cells.length)).toBeLessThanOrEqual(1)
})
