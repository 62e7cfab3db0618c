// The NanoDet of the npm package, run by TensorFlow.js itself on a committed still: what the converted ONNX file must
// answer. usage: node golden_detector.mjs FOLDER_WITH_TFJS nanodet.json street.png street.json
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

const [tfjsFolder, modelJson, still, target] = process.argv.slice(2)
const tf = createRequire(join(tfjsFolder, 'package.json'))('@tensorflow/tfjs')

const SIDE = 416
const GREY = 114
const MEAN = [103.53, 116.28, 123.675]
const STD = [57.375, 57.12, 58.395]
const SCORE_MIN = 0.25
const STRIDES = {
  8: ['Identity:0', 'Identity_3:0'],
  16: ['Identity_1:0', 'Identity_4:0'],
  32: ['Identity_2:0', 'Identity_5:0'],
}

const { data, info } = await sharp(still).removeAlpha().raw().toBuffer({ resolveWithObject: true })
const pad = (SIDE - info.height) / 2
const input = tf.buffer([1, 3, SIDE, SIDE])
for (let y = 0; y < SIDE; y++) {
  for (let x = 0; x < SIDE; x++) {
    for (let channel = 0; channel < 3; channel++) {
      const inside = y >= pad && y < pad + info.height
      const value = inside ? data[((y - pad) * info.width + x) * 3 + (2 - channel)] : GREY
      input.set((value - MEAN[channel]) / STD[channel], 0, channel, y, x)
    }
  }
}

const model = JSON.parse(readFileSync(modelJson, 'utf8'))
const [{ paths, weights }] = model.weightsManifest
const bytes = readFileSync(join(dirname(modelJson), paths[0]))
const graph = await tf.loadGraphModel({
  load: async () => ({
    modelTopology: model.modelTopology,
    signature: model.signature,
    format: model.format,
    weightSpecs: weights,
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  }),
})
const cells = []
for (const [stride, names] of Object.entries(STRIDES)) {
  const [scores, distances] = graph.execute(input.toTensor(), names)
  const score = scores.arraySync()[0]
  const distance = distances.arraySync()[0]
  score.forEach((classes, cell) =>
    classes.forEach((value, label) => {
      if (value < SCORE_MIN) return
      cells.push({
        stride: Number(stride),
        cell,
        label,
        score: round(value),
        bins: distance[cell].map(round),
      })
    }),
  )
}
const lines = cells.map((cell) => JSON.stringify(cell)).join(',\n')
writeFileSync(target, `{"still":"street.png","scoreMin":${SCORE_MIN},"cells":[\n${lines}\n]}\n`)
process.stdout.write(`${cells.length} cells with a score of at least ${SCORE_MIN}\n`)

function round(value) {
  return Math.round(value * 1e5) / 1e5
}
