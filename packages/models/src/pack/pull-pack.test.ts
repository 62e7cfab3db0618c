import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTempDir } from '@sam3-fleet/test-kit/temp-dir'
import { loadPack } from './load-pack.ts'
import { parseOrigin, type HubAccess } from './pack-origin.ts'
import { pullPack } from './pull-pack.ts'
import { copySamplePack, SAMPLE_FOLDER_NAME, servePack } from './testing/sample-pack.ts'

const NO_HUB: HubAccess = { endpoint: 'http://127.0.0.1:1' }

let published: string
let into: string
beforeEach(async () => {
  const temp = await createTempDir('pull')
  onTestFinished(() => temp[Symbol.asyncDispose]())
  published = await copySamplePack(join(temp.path, 'published'))
  into = join(temp.path, 'packs')
})

const target = (): string => join(into, SAMPLE_FOLDER_NAME)
const pull = (written: string, hub = NO_HUB) => pullPack(parseOrigin(written, hub), { into })

describe('pulling a pack', () => {
  it('from a folder gives a whole pack under its id and version, readable by others', async () => {
    const files: string[] = []
    const pulled = await pullPack(parseOrigin(published, NO_HUB), {
      into,
      onFile: ({ path }, done, of) => files.push(`${done}/${of} ${path}`),
    })
    expect(pulled).toMatchObject({ dir: target(), outcome: 'pulled' })
    expect(files).toEqual([
      '1/4 image.onnx',
      '2/4 text.onnx',
      '3/4 tokenizer.json',
      '4/4 tokenizer_config.json',
    ])
    expect((await loadPack(target())).manifest.id).toBe('two-tower')
    expect((await stat(target())).mode & 0o777).toBe(0o755)
    expect(await readdir(into)).toEqual([SAMPLE_FOLDER_NAME])
  })

  it('again changes nothing, and repairs what was damaged', async () => {
    await pull(published)
    expect(await pull(published)).toMatchObject({ outcome: 'present' })
    await writeFile(join(target(), 'text.onnx'), 'broken')
    expect(await pull(published)).toMatchObject({ outcome: 'repaired' })
    await loadPack(target())
    expect(await readdir(into)).toEqual([SAMPLE_FOLDER_NAME])
    expect(await readdir(target())).not.toContain('.damaged')
  })

  it('refuses another pack of the same id and version', async () => {
    await pull(published)
    await changeManifest(published, (manifest) => ({ ...manifest, title: 'changed' }))
    await expect(pull(published)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('leaves nothing behind when a file is not what the manifest says', async () => {
    const models = ['longer', 'cut', 'changed'] as const
    const original = await readFile(join(published, 'text.onnx'))
    const contents = {
      longer: Buffer.concat([original, Buffer.from('x')]),
      cut: original.subarray(0, 100),
      changed: Buffer.from(original).fill(0, 10, 20),
    }
    for (const how of models) {
      await writeFile(join(published, 'text.onnx'), contents[how])
      await expect(pull(published)).rejects.toMatchObject({
        code: 'PACK_INVALID',
        message: expect.stringContaining('text.onnx'),
      })
      expect(await readdir(into)).toEqual([])
    }
  })

  it('refuses a manifest with a path out of the folder before any file is read', async () => {
    await changeManifest(published, (manifest) => ({
      ...manifest,
      files: [
        ...(manifest['files'] as object[]),
        { ...(manifest['files'] as object[])[0], path: '../../evil' },
      ],
    }))
    await expect(pull(published)).rejects.toMatchObject({ code: 'PACK_INVALID' })
    await expect(readdir(into)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses a pack larger than the bound before any file is read', async () => {
    const origin = parseOrigin(published, NO_HUB)
    await expect(pullPack(origin, { into, maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    })
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const controller = new AbortController()
    const pulling = pullPack(parseOrigin(published, NO_HUB), {
      into,
      signal: controller.signal,
      onFile: () => controller.abort(),
    })
    await expect(pulling).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await readdir(into)).toEqual([])
  })
})

describe('pulling a pack over the network', () => {
  it('brings it from the address of its pack.json, keeping the query for every file', async () => {
    await using server = await servePack(published)
    expect(await pull(`${server.url}/pack.json?signature=abc`)).toMatchObject({ outcome: 'pulled' })
    expect(server.requests.every(({ path }) => path.endsWith('?signature=abc'))).toBe(true)
    await loadPack(target())
  })

  it('sends the name and password of an address as a header and never shows them', async () => {
    await using server = await servePack(published, (_, response) => {
      response.writeHead(403).end()
      return true
    })
    const secret = server.url.replace('://', '://anna:pa55word@')
    const failure = await pull(`${secret}/pack.json?key=s3cret`).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(inspected(failure)).not.toMatch(/pa55word|s3cret/)
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('anna:pa55word').toString('base64')}`,
    )
  })

  it('sends the token to the hub, and not to the store that the hub sends it on to', async () => {
    await using store = await servePack(published)
    await using hub = await servePack(published, (request, response) => {
      const file = request.url?.split('/').at(-1)
      response.writeHead(302, { location: `${store.url}/${file}` }).end()
      return true
    })
    const token = 'hf_verysecret'
    const pulled = await pull('hf:acme/fleet-pack@v2:packs/street', { endpoint: hub.url, token })
    expect(pulled.outcome).toBe('pulled')
    expect(hub.requests[0]?.path).toBe('/acme/fleet-pack/resolve/v2/packs/street/pack.json')
    expect(hub.requests.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true)
    expect(store.requests.length).toBe(5)
    expect(store.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('says what is missing when the hub refuses, without the token', async () => {
    await using hub = await servePack(published, (_, response) => {
      response.writeHead(401).end()
      return true
    })
    const origin = parseOrigin('hf:acme/gated', { endpoint: hub.url, token: 'hf_verysecret' })
    const failure = await pullPack(origin, { into }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', hint: expect.stringContaining('HF_TOKEN') })
    expect(inspected(failure)).not.toContain('hf_verysecret')
  })

  it('says that a connection broke off, and leaves nothing behind', async () => {
    await using server = await servePack(published, (request, response) => {
      if (!request.url?.endsWith('text.onnx')) return false
      response.writeHead(200, { 'content-length': 563 })
      response.write('half', () => response.destroy())
      return true
    })
    await expect(pull(`${server.url}/pack.json`)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('broke off'),
    })
    expect(await readdir(into)).toEqual([])
  })

  it('tells a wrong address from a host that does not answer', async () => {
    await using server = await servePack(published)
    await expect(pull(`${server.url}/other/pack.json`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(pull('http://127.0.0.1:1/pack.json')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('does not read a manifest without end', async () => {
    await using server = await servePack(published, (_, response) => {
      response.writeHead(200)
      const more = (): void =>
        void (response.write(Buffer.alloc(65_536, 32)) ? setImmediate(more) : response.once('drain', more))
      more()
      return true
    })
    await expect(pull(`${server.url}/pack.json`)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })

  it.each([
    'ftp://host/pack.json',
    'http://user:pw@host/other.json',
    'hf:only-one-part',
    'hf:../../etc/passwd',
    'hf:a/b:../c',
    'hf:a/b@../main',
    'javascript:alert(1)',
  ])('refuses "%s" as an origin', (written) => {
    expect(() => parseOrigin(written, NO_HUB)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    expect(() => parseOrigin(written, NO_HUB)).not.toThrow('user:pw')
  })
})

/** Everything that a log could show of an error, causes included. */
function inspected(failure: unknown): string {
  const parts: string[] = []
  for (let at = failure; at instanceof Error; at = at.cause) {
    parts.push(at.message, at.stack ?? '', JSON.stringify(at))
  }
  return parts.join('\n')
}

async function changeManifest(
  dir: string,
  change: (manifest: Record<string, unknown>) => unknown,
): Promise<void> {
  const path = join(dir, 'pack.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  await writeFile(path, JSON.stringify(change(manifest)))
}
