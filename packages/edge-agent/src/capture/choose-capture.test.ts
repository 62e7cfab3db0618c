import { describe, expect, test } from 'vitest'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { clipPath } from '@sam3-fleet/test-kit/media'
import { chooseCapture, type CaptureKind } from './choose-capture.ts'
import { openGstreamer } from './open-gstreamer.ts'

const without = {
  hasJetsonDecoder: () => true,
  openGstreamer: () => {
    throw new FleetError('UNAVAILABLE', 'GStreamer is not there', { hint: 'Install it.' })
  },
}

function choose(
  wished: CaptureKind | 'deepstream' | null,
  machine: Parameters<typeof chooseCapture>[0]['machine'],
) {
  return chooseCapture({
    wished,
    decode: 'software',
    onPathFailed: () => undefined,
    ...(machine && { machine }),
  })
}

describe('the way video comes in', () => {
  test("is GStreamer where Jetson's decoder is, FFmpeg elsewhere, and whatever a person wishes", () => {
    const jetson = { hasJetsonDecoder: () => true, openGstreamer }
    const laptop = { hasJetsonDecoder: () => false, openGstreamer }
    expect(choose(null, jetson)).toMatchObject({ kind: 'gstreamer', warning: null })
    expect(choose(null, laptop)).toMatchObject({ kind: 'ffmpeg', warning: null })
    expect(choose('ffmpeg', jetson)).toMatchObject({ kind: 'ffmpeg', warning: null })
    expect(choose('gstreamer', laptop)).toMatchObject({ kind: 'gstreamer', warning: null })
  })

  test('says that a wish for DeepStream is not fulfilled, and goes through GStreamer', () => {
    const chosen = choose('deepstream', { hasJetsonDecoder: () => true, openGstreamer })
    expect(chosen).toMatchObject({ kind: 'gstreamer', warning: expect.stringContaining('deepstream') })
  })

  test('works on through FFmpeg where GStreamer is missing, and says what to install', async () => {
    const chosen = choose('gstreamer', without)
    expect(chosen).toMatchObject({ kind: 'ffmpeg', warning: expect.stringContaining('Install it.') })
    await using source = await chosen.open({
      uri: clipPath('carphone_pristine.mp4'),
      kind: 'file',
      detectFps: 5,
      input: { width: 416, height: 416, multipleOf: 32, padValue: 114 },
      queueMax: 2,
      signal: new AbortController().signal,
    })
    expect(source.info).toMatchObject({ width: 176, height: 144 })
  })
})
