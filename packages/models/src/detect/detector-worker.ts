// A thread that holds a detector's session: fits values, runs the model, reads the boxes and measures the colours of
// each object, so that a frame crosses threads once each way. The other side is onnx-detector.ts.
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import { measureColours } from '../describe/measure-colours.ts'
import { freePixels } from '../image/free-pixels.ts'
import type { DetectorFrame } from '../image/rgb-image.ts'
import type { NanodetPart } from '../pack/pack-manifest.ts'
import { answerQuestions } from '../session/answer-questions.ts'
import { createOnnxSession } from '../session/onnx-session.ts'
import type { DetectionResult } from './detector.ts'
import { nanodetBoxes } from './nanodet-postprocess.ts'
import { nanodetInput } from './nanodet-preprocess.ts'

export interface DetectorAsk {
  frame: DetectorFrame
  minConfidence: number
}

const { dir, part } = workerData as { dir: string; part: NanodetPart }

await answerQuestions<DetectorAsk, DetectionResult, null>(async () => {
  const session = await createOnnxSession(join(dir, part.model))
  return {
    ready: null,
    answer: async ({ frame, minConfidence }) => {
      const startedMs = performance.now()
      const { image, input, letterbox } = frame
      const planes = nanodetInput(input, part.input)
      const outputs = await session.run({ [part.input.name]: planes })
      const boxes = nanodetBoxes(outputs, {
        part,
        letterbox,
        inputWidth: input.width,
        picture: image,
        minConfidence,
      })
      for (const { data } of [input, planes, ...Object.values(outputs)]) freePixels(data)
      const objects = boxes.map(({ labelIndex, confidence, bbox }) => ({
        label: part.labels[labelIndex] as string,
        confidence,
        bbox,
        mask: null,
        // Weak boxes only help a track along; their colours are never asked for.
        colours: confidence >= part.thresholds.track ? measureColours(image, bbox) : [],
      }))
      const answer = { objects, image, inferenceMs: performance.now() - startedMs }
      return { answer, transfer: [image.data.buffer as ArrayBuffer] }
    },
  }
})
