import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PACK_DIR } from '../pack/load-pack.ts'
import { readGoldenSentences } from '../text/testing/golden-sentences.ts'
import { loadTokenizer } from './tokenizer.ts'

const FILES = ['tokenizer.json', 'tokenizer_config.json'].map((name) => join(DEFAULT_PACK_DIR, name)) as [
  string,
  string,
]
const SENTENCES = await readGoldenSentences()

describe('the tokenizer of the default pack', async () => {
  const tokenizer = await loadTokenizer(...FILES, 256)

  it.each(SENTENCES.map(({ text, ids }) => ({ shown: text.slice(0, 40), text, ids })))(
    'gives the ids of the reference implementation for "$shown"',
    ({ text, ids }) => {
      expect(tokenizer.encode(text)).toEqual(ids)
    },
  )

  it('covers enough kinds of text to mean something', () => {
    const scripts = [/\p{Script=Han}/u, /\p{Script=Arabic}/u, /\p{Script=Hangul}/u, /\p{Emoji_Presentation}/u]
    expect(SENTENCES.length).toBeGreaterThanOrEqual(20)
    for (const script of scripts) expect(SENTENCES.some(({ text }) => script.test(text))).toBe(true)
  })

  it('cuts long text to the limit and keeps the closing token', async () => {
    const short = await loadTokenizer(...FILES, 6)
    const ids = short.encode('a very long description of a street with many people')
    expect(ids).toHaveLength(6)
    expect([ids[0], ids[5]]).toEqual([101, 102])
  })

  it('says which file is not a tokenizer', async () => {
    await expect(loadTokenizer(fileURLToPath(import.meta.url), FILES[1], 256)).rejects.toMatchObject({
      code: 'PACK_INVALID',
      message: expect.stringContaining('tokenizer.test.ts'),
    })
  })
})
