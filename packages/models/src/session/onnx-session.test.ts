import { createOnnxSession } from './onnx-session.ts'
import { describeSession } from './testing/session-contract.ts'

describeSession('onnxruntime in this thread', createOnnxSession)
