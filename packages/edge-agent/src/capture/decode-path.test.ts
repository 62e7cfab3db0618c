import { describe, expect, test } from 'vitest'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { createAvFrameSources } from './av-frame-source.ts'
import { decodePaths, type DecodePath } from './decode-path.ts'

const devices = (tree: Record<string, readonly string[]>) => (folder: string) => tree[folder] ?? []

describe('the way a stream is decoded', () => {
  test('is by the hardware whose device nodes are there, and by software in the end', () => {
    const nvidia = devices({ '/dev': ['null', 'nvidia0', 'nvidiactl'], '/dev/dri': ['card0', 'renderD128'] })
    expect(decodePaths('auto', nvidia)).toEqual(['cuda', 'vaapi', 'software'])
    expect(decodePaths('auto', devices({ '/dev/dri': ['renderD129'] }))).toEqual(['vaapi', 'software'])
    expect(decodePaths('auto', devices({ '/dev': ['null', 'nvidiactl'] }))).toEqual(['software'])
    expect(decodePaths('software', nvidia)).toEqual(['software'])
  })

  test('falls back to software where hardware does not work: the very same frames, said once', async () => {
    const framesBy = async (paths: readonly DecodePath[]) => {
      const failed: string[] = []
      const open = createAvFrameSources({ paths, onPathFailed: (path) => failed.push(path) })
      const runs: string[][] = []
      for (let run = 0; run < 2; run++) {
        await using source = await open({
          uri: clipPath('bikes.mp4'),
          kind: 'file',
          detectFps: 2,
          input: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
          queueMax: 2,
          signal: new AbortController().signal,
        })
        const seen: string[] = []
        for await (const { frameIdx, ptsMs, frame } of source.frames(0))
          seen.push(
            `${frameIdx} ${ptsMs} ${Buffer.from(frame.input.data).toString('base64').slice(0, 2_000)}`,
          )
        expect(source.decodedBy).toBe('software')
        runs.push(seen)
      }
      return { failed, runs }
    }
    const plain = await framesBy(['software'])
    // Of hardware that is there the bench of decoding tells; here only what is not there can be tried.
    const present = new Set<DecodePath>(decodePaths('auto'))
    const absent = (['cuda', 'vaapi'] as const).filter((path) => !present.has(path))
    const withHardware = await framesBy([...absent, 'software'])
    expect(withHardware.runs).toEqual(plain.runs)
    expect(withHardware.failed).toEqual(absent)
  })
})
