// What every way of reading a source guarantees; each implementation runs it.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import type { CapturedFrame, OpenFrameSource, OpenSourceOptions } from '../frame-source.ts'

export function testFrameSource(open: OpenFrameSource): void {
  const INPUT = { width: 416, height: 416, multipleOf: 32, padValue: 114 }
  let dir = ''

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'capture-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  function options(part: Partial<OpenSourceOptions>): OpenSourceOptions {
    return {
      uri: '',
      kind: 'file',
      detectFps: 5,
      input: INPUT,
      queueMax: 2,
      signal: new AbortController().signal,
      ...part,
    }
  }

  async function take(
    part: Partial<OpenSourceOptions>,
    fromFrame: number,
    count: number,
  ): Promise<CapturedFrame[]> {
    await using source = await open(options(part))
    const frames: CapturedFrame[] = []
    for await (const frame of source.frames(fromFrame)) {
      frames.push(frame)
      if (frames.length === count) break
    }
    return frames
  }

  describe('frames of a file', () => {
    test('come at the wanted rate with their numbers and times, fitted for the detector', async () => {
      const frames = await take({ uri: clipPath('vtest.avi') }, 0, 6)
      expect(frames.map((frame) => frame.frameIdx)).toEqual([0, 2, 4, 6, 8, 10])
      expect(frames.map((frame) => Math.round(frame.ptsMs))).toEqual([0, 200, 400, 600, 800, 1000])
      const { image, input, letterbox } = (frames[0] as CapturedFrame).frame
      expect([image.width, image.height, image.data.length]).toEqual([768, 576, 768 * 576 * 3])
      expect([input.width, input.height, input.data.length]).toEqual([416, 320, 416 * 320 * 3])
      expect(letterbox).toEqual({ scale: 416 / 768, padX: 0, padY: 4 })
      expect([...input.data.subarray(0, 3)]).toEqual([114, 114, 114])
    })

    test('going on at a checkpoint gives the very frames that reading on would have given', async () => {
      const whole = await take({ uri: clipPath('bikes.mp4') }, 0, 30)
      const rest = await take({ uri: clipPath('bikes.mp4') }, (whole[9] as CapturedFrame).frameIdx + 1, 20)
      expect(rest.map((frame) => frame.frameIdx)).toEqual(whole.slice(10).map((frame) => frame.frameIdx))
      expect(
        Buffer.from((rest[0] as CapturedFrame).frame.image.data).equals(
          Buffer.from((whole[10] as CapturedFrame).frame.image.data),
        ),
      ).toBe(true)
    })

    test('going on right before a cut sees the cut', async () => {
      const clip = { uri: clipPath('bikes.mp4'), detectFps: 3 }
      const whole = await take(clip, 0, 30)
      const cuts = whole.flatMap(({ isCut }, n) => (isCut ? [n] : []))
      expect(cuts.length).toBeGreaterThan(0)
      for (const at of cuts) {
        const [first] = await take(clip, (whole[at - 1] as CapturedFrame).frameIdx + 1, 1)
        expect(first).toMatchObject({ frameIdx: whole[at]?.frameIdx, isCut: true })
      }
    })

    test('are turned as the recording says, and so is the size that is told', async () => {
      const bytes = await readFile(clipPath('carphone_pristine.mp4'))
      // The matrix of the track header (ISO 14496-12, 8.3.2): a quarter turn.
      const matrixAt = bytes.indexOf('tkhd') + 44
      for (const [n, value] of [0, 1, 0, -1, 0].entries())
        bytes.writeInt32BE(value * 0x1_0000, matrixAt + 4 * n)
      const path = join(dir, 'turned.mp4')
      await writeFile(path, bytes)
      await using source = await open(options({ uri: path }))
      expect([source.info.width, source.info.height]).toEqual([144, 176])
      const [first] = await take({ uri: path }, 0, 1)
      expect([first?.frame.image.width, first?.frame.image.height]).toEqual([144, 176])
    })

    test('all selected frames come, none is dropped, and then the file ends', async () => {
      const frames = await take({ uri: clipPath('carphone_pristine.mp4') }, 0, Infinity)
      expect(frames).toHaveLength(20)
    })

    test('closing a source whose thread has ended already does not wait for it', async () => {
      const source = await open(options({ uri: clipPath('carphone_pristine.mp4') }))
      for await (const frame of source.frames(0)) expect(frame.frameIdx).toBeGreaterThanOrEqual(0)
      await source[Symbol.asyncDispose]()
      await source[Symbol.asyncDispose]()
    })

    test.each(['jpeg', 'png', 'webp'] as const)(
      'a %s picture is a recording of one frame, turned as it says',
      async (kind) => {
        const path = join(dir, `turned.${kind}`)
        const lying = sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
        await writeFile(path, await lying.withMetadata({ orientation: 6 }).toFormat(kind).toBuffer())
        // What follows its end is another picture, which nobody asked for.
        await appendFile(path, await readFile(path))
        await using source = await open(options({ uri: path }))
        expect(source.info).toMatchObject({ isStill: true, containerOriginMs: null })
        const frames: CapturedFrame[] = []
        for await (const frame of source.frames(0)) frames.push(frame)
        expect(frames).toMatchObject([{ frameIdx: 0, ptsMs: 0, isCut: false }])
        const { width, height } = frames[0]?.frame.image ?? {}
        // FFmpeg does not read what a WebP says of it.
        expect([width, height]).toEqual(kind === 'webp' ? [64, 48] : [48, 64])
      },
    )

    test('a playlist dressed as a video is refused before a decoder opens it', async () => {
      const path = join(dir, 'movie.mp4')
      await writeFile(path, '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n')
      await expect(open(options({ uri: path }))).rejects.toMatchObject({
        code: 'UNSUPPORTED_MEDIA',
      })
    })

    test('a file cut short or of noise says so instead of hanging', async () => {
      const path = join(dir, 'noise.mp4')
      await writeFile(path, Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42'), Buffer.alloc(4_000, 7)]))
      await expect(open(options({ uri: path }))).rejects.toMatchObject({
        code: 'UNPROCESSABLE_MEDIA',
      })
      await expect(open(options({ uri: join(dir, 'none.mp4') }))).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      })
    })

    test('stops at once when it is not wanted any more', async () => {
      const stop = new AbortController()
      await using source = await open(options({ uri: clipPath('vtest.avi'), signal: stop.signal }))
      const reading = (async () => {
        for await (const frame of source.frames(0)) if (frame.frameIdx >= 4) stop.abort(new Error('enough'))
      })()
      await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
    })
  })

  describe('a camera that cannot be read', () => {
    test.each([
      ['csi://0', 'nvarguscamerasrc'],
      ['/dev/video63', 'cannot be opened'],
    ])('%s says what is missing', async (uri, reason) => {
      await expect(open(options({ uri, kind: 'camera' }))).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringContaining(reason),
      })
    })
  })
}
