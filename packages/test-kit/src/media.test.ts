import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { CLIPS, clipPath, type ClipName } from './media.ts'

describe('clipPath', () => {
  it.each(Object.keys(CLIPS) as ClipName[])('finds %s where the set-up put it', async (name) => {
    expect((await stat(clipPath(name))).size).toBeGreaterThan(100_000)
  })

  it('says what to run when a clip is missing', () => {
    expect(() => clipPath('absent.mp4' as ClipName)).toThrow('scripts/setup.sh test')
  })
})
