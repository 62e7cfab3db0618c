import { describe } from 'vitest'
import { openAvFrameSource } from './av-frame-source.ts'
import { testFrameSource } from './testing/frame-source-suite.ts'

describe('through FFmpeg', () => {
  testFrameSource(openAvFrameSource)
})
