import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { clipPath, type ClipName } from '@sam3-fleet/test-kit/media'
import { openAvFrameSource } from './av-frame-source.ts'
import type { CapturedFrame, OpenFrameSource, OpenSourceOptions } from './frame-source.ts'
import { gstFrameSources } from './testing/open-gst-source.ts'
import { testFrameSource } from './testing/frame-source-suite.ts'

/**
 * Grey levels of 255 by which the same frame may differ in the mean: FFmpeg and GStreamer round colours differently,
 * and take the colours of large pictures for another standard where a recording does not say which.
 */
const MEAN_DIFFERENCE_MAX = 4
/** Frames of which one is compared point by point. */
const COMPARED_EVERY = 12

describe('through GStreamer', () => {
  testFrameSource(gstFrameSources())
})

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gst-capture-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

function optionsFor(part: Partial<OpenSourceOptions>): OpenSourceOptions {
  return {
    uri: '',
    kind: 'file',
    detectFps: 5,
    input: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
    queueMax: 2,
    signal: new AbortController().signal,
    ...part,
  }
}

async function readAll(open: OpenFrameSource, options: Partial<OpenSourceOptions>): Promise<CapturedFrame[]> {
  await using source = await open(optionsFor(options))
  const frames: CapturedFrame[] = []
  for await (const frame of source.frames(0)) frames.push(frame)
  return frames
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  let sum = 0
  for (let n = 0; n < a.length; n++) sum += Math.abs((a[n] as number) - (b[n] as number))
  return sum / a.length
}

describe('frames of GStreamer', () => {
  test.each([
    ['vtest.avi', 1],
    ['bikes.mp4', 25],
    ['carphone_pristine.mp4', 3],
    ['bigbuckbunny.mp4', 3],
  ] as [ClipName, number][])(
    'of %s are those of FFmpeg: numbers, times, cuts, pictures',
    async (clip, detectFps) => {
      const uri = clipPath(clip)
      const expected = await readAll(openAvFrameSource, { uri, detectFps })
      const got = await readAll(gstFrameSources(), { uri, detectFps })
      const outline = (frames: CapturedFrame[]) =>
        frames.map(({ frameIdx, ptsMs, isCut, frame: { letterbox } }) => ({
          frameIdx,
          ptsMs: Math.round(ptsMs),
          isCut,
          letterbox,
        }))
      expect(outline(got)).toEqual(outline(expected))
      for (const [n, { frame }] of got.entries()) {
        if (n % COMPARED_EVERY !== 0) continue
        const other = (expected[n] as CapturedFrame).frame
        expect(meanDifference(frame.input.data, other.input.data)).toBeLessThan(MEAN_DIFFERENCE_MAX)
        expect(meanDifference(frame.image.data, other.image.data)).toBeLessThan(MEAN_DIFFERENCE_MAX)
      }
    },
  )

  test('of eight recordings at once are those of each alone', async () => {
    const clips: ClipName[] = ['bikes.mp4', 'carphone_pristine.mp4']
    const open = gstFrameSources()
    const alone = await Promise.all(clips.map((clip) => readAll(open, { uri: clipPath(clip), detectFps: 2 })))
    const together = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        readAll(open, { uri: clipPath(clips[n % 2] as ClipName), detectFps: 2 }),
      ),
    )
    for (const [n, frames] of together.entries()) {
      const own = alone[n % 2] as CapturedFrame[]
      expect(frames.map(({ frameIdx }) => frameIdx)).toEqual(own.map(({ frameIdx }) => frameIdx))
      expect(frames.every(({ frame }, at) => sameBytes(frame.input.data, own[at]?.frame.input.data))).toBe(
        true,
      )
    }
  })

  test('come by software where the hardware path does not work: the very same frames, said once', async () => {
    const failed: string[] = []
    const open = gstFrameSources(['nvidia', 'software'], (path, detail) => failed.push(`${path}: ${detail}`))
    const clip = { uri: clipPath('bikes.mp4'), detectFps: 2 }
    const plain = await readAll(gstFrameSources(), clip)
    for (let run = 0; run < 2; run++) {
      const frames = await readAll(open, clip)
      expect(frames.map(({ frameIdx }) => frameIdx)).toEqual(plain.map(({ frameIdx }) => frameIdx))
    }
    expect(failed).toEqual([expect.stringContaining('nvidia')])
  })

  test('a file that no path decodes does not take the hardware path from the others', async () => {
    const failed: string[] = []
    const open = gstFrameSources(['nvidia', 'software'], (path) => failed.push(path))
    const uri = join(dir, 'no-picture.mp4')
    const bytes = await readFile(clipPath('carphone_pristine.mp4'))
    await writeFile(uri, bytes.subarray(0, 64))
    await expect(readAll(open, { uri })).rejects.toMatchObject({ code: 'UNPROCESSABLE_MEDIA' })
    expect(failed).toEqual([])
  })

  test('a path is never parsed: one that looks like a pipeline is a file', async () => {
    const uri = join(dir, 'a "b" ! fakesink name=x location=\\ y.mp4')
    await copyFile(clipPath('carphone_pristine.mp4'), uri)
    expect(await readAll(gstFrameSources(), { uri })).toHaveLength(20)
  })

  test('a file that ends in the middle gives what it has, or says that it is damaged', async () => {
    const bytes = await readFile(clipPath('vtest.avi'))
    const uri = join(dir, 'half.avi')
    await writeFile(uri, bytes.subarray(0, bytes.length / 2))
    // FFmpeg says so at the end, GStreamer ends there: what can be decoded comes either way.
    const [expected, got] = [await readOn(openAvFrameSource, uri), await readOn(gstFrameSources(), uri)]
    expect(expected.frames.length).toBeGreaterThan(30)
    expect(got.frames).toEqual(expected.frames)
    expect([null, 'UNPROCESSABLE_MEDIA']).toContain(got.code)
  })

  test('a frame too large to be a camera picture is refused before it is decoded', async () => {
    const bytes = await readFile(clipPath('carphone_pristine.mp4'))
    // Width and height of the sample entry (ISO 14496-12, 12.1.3), which the demuxer tells before any decoding.
    const entryAt = bytes.indexOf('avc1', bytes.indexOf('stsd'))
    bytes.writeUInt16BE(65_000, entryAt + 28)
    bytes.writeUInt16BE(65_000, entryAt + 30)
    const uri = join(dir, 'bomb.mp4')
    await writeFile(uri, bytes)
    await expect(gstFrameSources()(optionsFor({ uri }))).rejects.toMatchObject({
      code: 'UNPROCESSABLE_MEDIA',
      message: expect.stringContaining('65000x65000'),
    })
  })
})

/** Numbers of the frames up to the end or the failure. */
async function readOn(
  open: OpenFrameSource,
  uri: string,
): Promise<{ frames: number[]; code: string | null }> {
  const frames: number[] = []
  try {
    await using source = await open(optionsFor({ uri, detectFps: 1 }))
    for await (const { frameIdx } of source.frames(0)) frames.push(frameIdx)
    return { frames, code: null }
  } catch (error) {
    return { frames, code: toFleetError(error).code }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.from(a).equals(Buffer.from(b))
}
