import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { runFleet } from './run-fleet.ts'

let folder: string
beforeEach(async () => {
  const temp = await createTempDir('fleet-cli')
  onTestFinished(() => temp[Symbol.asyncDispose]())
  folder = temp.path
})

async function fleet(
  args: string[],
  env: Record<string, string> = {},
  signal = new AbortController().signal,
) {
  const results: string[] = []
  const notes: string[] = []
  const code = await runFleet(args, {
    env: { FLEET_DATA_DIR: folder, ...env },
    terminal: { result: (line) => results.push(line), note: (line) => notes.push(line) },
    signal,
  })
  return { code, result: results.join('\n'), notes: notes.join('\n') }
}

describe('fleet packs list', () => {
  it('shows the pack of the product and pulled ones, and leaves half-pulled ones out', async () => {
    await cp(DEFAULT_PACK_DIR, join(folder, 'packs/default-1.3.0'), { recursive: true })
    await mkdir(join(folder, 'packs/.other-half'))
    const { code, result } = await fleet(['packs', 'list'])
    expect(code).toBe(0)
    expect(result.match(/^default 1\.3\.0 {2}38\.6 MB/gm)).toHaveLength(2)
    expect(result).toContain('detector nanodet (80 labels), text sentence (minilm-l6-v2-int8@1)')
    expect(result).not.toContain('other-half')
  })

  it('gives programs JSON', async () => {
    const { result } = await fleet(['packs', 'list', '--json'])
    expect(JSON.parse(result)).toMatchObject([
      { id: 'default', dir: DEFAULT_PACK_DIR, spaces: ['minilm-l6-v2-int8@1'] },
    ])
  })

  it('shows a folder that is not a pack, and ends with 1', async () => {
    await mkdir(join(folder, 'packs/broken'), { recursive: true })
    await writeFile(join(folder, 'packs/broken/pack.json'), '{}')
    const { code, result } = await fleet(['packs', 'list'])
    expect(code).toBe(1)
    expect(result).toContain(`${join(folder, 'packs/broken')}\n  not a pack:`)
  })
})

describe('fleet packs verify', () => {
  it('finds the pack of the product whole', async () => {
    const { code, result, notes } = await fleet(['packs', 'verify'])
    expect(code).toBe(0)
    expect(result).toMatch(/^ok +nanodet-g\.onnx$/m)
    expect(notes).toContain('whole')
  })

  it('names each wrong file and what to do, and ends with 1', async () => {
    const dir = join(folder, 'pack')
    await cp(DEFAULT_PACK_DIR, dir, { recursive: true })
    await appendFile(join(dir, 'tokenizer.json'), ' ')
    await writeFile(join(dir, 'stray'), '')
    const { code, result, notes } = await fleet(['packs', 'verify', dir])
    expect(code).toBe(1)
    expect(result).toMatch(/^wrong size +tokenizer\.json$/m)
    expect(result).toMatch(/^not listed +stray$/m)
    expect(notes).toContain('fleet packs pull')
  })

  it('says that a folder is no pack', async () => {
    const { code, notes } = await fleet(['packs', 'verify', folder])
    expect(code).toBe(1)
    expect(notes).toContain('[PACK_INVALID]')
  })
})

describe('fleet packs pull', () => {
  it('prints nothing but the folder of the pack as its result', async () => {
    const { code, result, notes } = await fleet(['packs', 'pull', DEFAULT_PACK_DIR])
    expect(code).toBe(0)
    expect(result).toBe(join(folder, 'packs/default-1.3.0'))
    expect(notes).toContain('11/11')
    expect((await fleet(['packs', 'verify', result])).code).toBe(0)
    expect((await fleet(['packs', 'pull', DEFAULT_PACK_DIR])).notes).toContain('is here already')
  })

  it('takes the hub and its token from the environment, and shows the token nowhere', async () => {
    const seen: (string | undefined)[] = []
    const hub = createServer((request, response) => {
      seen.push(request.url, request.headers.authorization)
      response.writeHead(403).end()
    }).listen(0, '127.0.0.1')
    await once(hub, 'listening')
    onTestFinished(() => void hub.close())
    const env = {
      HF_ENDPOINT: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
      HF_TOKEN: 'hf_verysecret',
    }
    const { code, result, notes } = await fleet(['packs', 'pull', 'hf:acme/street'], env)
    expect(seen).toEqual(['/acme/street/resolve/main/pack.json', 'Bearer hf_verysecret'])
    expect(code).toBe(1)
    expect(notes).toContain('HF_TOKEN')
    expect(result + notes).not.toContain('hf_verysecret')
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const { code, notes } = await fleet(['packs', 'pull', DEFAULT_PACK_DIR], {}, AbortSignal.abort())
    expect(code).toBe(1)
    expect(notes).toContain('[CANCELLED]')
    expect(await readdir(join(folder, 'packs'))).toEqual([])
  })
})

describe('fleet', () => {
  it.each([
    { args: ['packs', 'pull'], says: "missing required argument 'from'" },
    { args: ['packs', 'frobnicate'], says: 'unknown command' },
    { args: ['packs', 'list', '--loud'], says: 'unknown option' },
    { args: ['packs', 'pull', 'ftp://host/pack.json'], says: 'hf:owner/name' },
  ])('ends with 2 and says what is wrong with "$args"', async ({ args, says }) => {
    const { code, result, notes } = await fleet(args)
    expect({ code, result }).toEqual({ code: 2, result: '' })
    expect(notes).toContain(says)
  })

  it('explains itself', async () => {
    const { code, result } = await fleet(['packs', '--help'])
    expect(code).toBe(0)
    expect(result).toMatch(/list[^]*verify[^]*pull/)
  })

  it('as a program writes results to stdout, notes to stderr, and ends with the code', async () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const child = spawn(process.execPath, ['--conditions=source', main, 'packs', 'verify', folder])
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toContain('pack.json cannot be read')
  })
})
