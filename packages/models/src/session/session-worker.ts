// A thread that holds one onnxruntime session and runs it; the other side is worker-session.ts.
import { workerData, type Transferable } from 'node:worker_threads'
import { answerQuestions } from './answer-questions.ts'
import type { TensorMap } from './inference-session.ts'
import { createOnnxSession } from './onnx-session.ts'

await answerQuestions<
  TensorMap,
  TensorMap,
  { inputNames: readonly string[]; outputNames: readonly string[] }
>(async () => {
  const session = await createOnnxSession((workerData as { modelPath: string }).modelPath)
  return {
    ready: { inputNames: session.inputNames, outputNames: session.outputNames },
    answer: async (feeds) => {
      const answer = await session.run(feeds)
      return { answer, transfer: Object.values(answer).map((tensor) => tensor.data.buffer as Transferable) }
    },
  }
})
