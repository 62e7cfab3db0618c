import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTempDir } from './temp-dir.ts'

describe('createTempDir', () => {
  it('is gone with its content when the scope ends', async () => {
    let path: string
    {
      await using dir = await createTempDir('scope')
      path = dir.path
      await writeFile(join(path, 'file'), 'content')
      expect(existsSync(path)).toBe(true)
    }
    expect(existsSync(path)).toBe(false)
  })
})
