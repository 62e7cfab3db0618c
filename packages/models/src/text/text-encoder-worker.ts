// A thread that turns sentences into unit vectors; the other side is onnx-text-encoder.ts.
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import { must } from '@sam3-fleet/shared/errors/fleet-error'
import { normalise } from '@sam3-fleet/shared/vector/vector'
import type { TextEncoderPart } from '../pack/pack-manifest.ts'
import { answerQuestions } from '../session/answer-questions.ts'
import type { TensorMap } from '../session/inference-session.ts'
import { createOnnxSession } from '../session/onnx-session.ts'
import { loadTokenizer } from '../tokenize/tokenizer.ts'

const { dir, part } = workerData as { dir: string; part: TextEncoderPart }

await answerQuestions<string, Float32Array, null>(async () => {
  const tokenizer = await loadTokenizer(
    join(dir, part.tokenizer),
    join(dir, part.tokenizerConfig),
    part.maxTokens,
  )
  const session = await createOnnxSession(join(dir, part.model))
  return {
    ready: null,
    // One sentence a run: int8 activations are scaled over the whole batch, so a vector would depend on its
    // neighbours; vectors are compared by hash and must not.
    answer: async (sentence) => {
      const outputs = await session.run(inputs(tokenizer.encode(sentence), part, session.inputNames))
      const pooled = must(outputs[part.output], `output ${part.output}`).data as Float32Array
      const answer = normalise(pooled, part.space.dimension)
      return { answer, transfer: [answer.buffer as ArrayBuffer] }
    },
  }
})

function inputs(
  ids: number[],
  { padToken, maxTokens }: TextEncoderPart,
  names: readonly string[],
): TensorMap {
  const padding = padToken === undefined ? [] : Array.from({ length: maxTokens - ids.length }, () => padToken)
  const tokens = BigInt64Array.from([...ids, ...padding], BigInt)
  const mask = BigInt64Array.from([...ids.map(() => 1), ...padding.map(() => 0)], BigInt)
  const dims = [1, tokens.length]
  const feeds: TensorMap = { input_ids: { type: 'int64', dims, data: tokens } }
  if (names.includes('attention_mask')) feeds['attention_mask'] = { type: 'int64', dims, data: mask }
  return feeds
}
