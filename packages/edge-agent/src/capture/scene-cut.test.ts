import { describe, expect, test } from 'vitest'
import { clipPath, type ClipName } from '@sam3-fleet/test-kit/media'
import { openAvFrameSource } from './av-frame-source.ts'

/** Frames, of those looked at, that begin another shot. */
async function cutsOf(clip: ClipName, detectFps: number): Promise<number[]> {
  await using source = await openAvFrameSource({
    uri: clipPath(clip),
    kind: 'file',
    detectFps,
    input: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
    queueMax: 3,
    signal: new AbortController().signal,
  })
  const cuts: number[] = []
  for await (const { isCut, frameIdx } of source.frames(0)) if (isCut) cuts.push(frameIdx)
  return cuts
}

describe('a cut', () => {
  test('is seen where a film goes to another shot', async () => {
    expect(await cutsOf('bikes.mp4', 10)).toEqual([30, 78, 138, 188, 243])
  })

  test.each<[ClipName, number]>([
    ['vtest.avi', 1],
    ['carphone_pristine.mp4', 5],
    ['bigbuckbunny.mp4', 10],
  ])('is not seen within one shot of %s at %d looks a second', async (clip, detectFps) => {
    expect(await cutsOf(clip, detectFps)).toEqual([])
  })
})
