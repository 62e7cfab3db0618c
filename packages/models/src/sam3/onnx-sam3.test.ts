import { createOnnxSam3 } from './onnx-sam3.ts'
import { describeSam3 } from './testing/sam3-contract.ts'

describeSam3('onnxruntime in threads', (pack) => createOnnxSam3(pack, { workers: 2 }))
