// A thread that holds SAM3 on onnxruntime and the pictures that it has seen; the other side is onnx-sam3.ts.
import { workerData } from 'node:worker_threads'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { freePixels } from '../image/free-pixels.ts'
import type { RgbImage } from '../image/rgb-image.ts'
import type { LoadedPack } from '../pack/load-pack.ts'
import type { Segment, SegmentHint } from '../segment/segmenter.ts'
import { answerQuestions } from '../session/answer-questions.ts'
import { createGraphSam3 } from './graph-sam3.ts'
import { createOnnxGraphs } from './onnx-graphs.ts'
import { loadPromptTokenizer } from './prompt-tokens.ts'
import type { FindOptions, FoundObject, Prompt, SeenPicture } from './sam3.ts'

export type Sam3Ask =
  | { kind: 'encode'; image: RgbImage }
  | { kind: 'find'; picture: number; prompts: readonly Prompt[]; options: Omit<FindOptions, 'signal'> }
  | { kind: 'segment'; picture: number; hints: readonly SegmentHint[] }
  | { kind: 'forget'; picture: number }

export type Sam3Answer =
  | { kind: 'encode'; picture: number; encodeMs: number }
  | { kind: 'find'; found: FoundObject[][] }
  | { kind: 'segment'; segments: Segment[] }
  | { kind: 'forget' }

const pack = workerData as LoadedPack
const part = pack.manifest.segmenter

await answerQuestions<Sam3Ask, Sam3Answer, null>(async () => {
  if (!part) throw new FleetError('PACK_INVALID', `the pack ${pack.manifest.id} has no SAM3`)
  const sam3 = createGraphSam3({
    graphs: await createOnnxGraphs(pack),
    part,
    tokenizer: await loadPromptTokenizer(pack.dir, part),
    runsOn: 'onnxruntime',
    parallelism: 1,
    nowMs: () => performance.now(),
  })
  const pictures = new Map<number, SeenPicture>()
  let last = 0

  function seen(picture: number): SeenPicture {
    const known = pictures.get(picture)
    if (known) return known
    throw new FleetError('UNAVAILABLE', 'this picture is not held any more', { hint: 'Look at it again.' })
  }

  async function answer(ask: Sam3Ask): Promise<Sam3Answer> {
    switch (ask.kind) {
      case 'encode': {
        const picture = await sam3.encode(ask.image)
        freePixels(ask.image.data)
        last += 1
        pictures.set(last, picture)
        return { kind: 'encode', picture: last, encodeMs: picture.encodeMs }
      }
      case 'find':
        return { kind: 'find', found: await seen(ask.picture).find(ask.prompts, ask.options) }
      case 'segment':
        return { kind: 'segment', segments: await seen(ask.picture).segment(ask.hints) }
      case 'forget':
        await pictures.get(ask.picture)?.[Symbol.asyncDispose]()
        pictures.delete(ask.picture)
        return { kind: 'forget' }
      default:
        return ask satisfies never
    }
  }

  return { ready: null, answer: async (ask) => ({ answer: await answer(ask) }) }
})
