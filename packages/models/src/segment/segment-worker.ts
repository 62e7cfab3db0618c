// The thread that cuts objects out by colour; the other side is classical-segmenter.ts.
import type { RgbImage } from '../image/rgb-image.ts'
import { answerQuestions } from '../session/answer-questions.ts'
import { grabCut } from './grab-cut.ts'
import { openCv } from './open-cv.ts'
import type { Segment, SegmentHint } from './segmenter.ts'

export interface SegmentAsk {
  image: RgbImage
  hints: readonly SegmentHint[]
}

await answerQuestions<SegmentAsk, Segment[], null>(async () => {
  const { cv } = await openCv()
  return {
    ready: null,
    answer: ({ image, hints }) =>
      Promise.try(() => ({ answer: hints.map((hint) => grabCut(cv, image, hint)) })),
  }
})
