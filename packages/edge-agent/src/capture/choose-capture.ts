// Which way video comes in on this machine: the wished one, or the best that is there with the reason said.
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { createAvFrameSources } from './av-frame-source.ts'
import { decodePaths, type DecodePreference } from './decode-path.ts'
import type { OpenFrameSource } from './frame-source.ts'
import { createGstFrameSources } from './gst-frame-source.ts'
import { gstPaths } from './gst-graph.ts'
import { hasJetsonDecoder, openGstreamer, type Gstreamer } from './open-gstreamer.ts'

export type CaptureKind = 'ffmpeg' | 'gstreamer'

export interface ChooseCaptureOptions {
  /** Null: what fits this machine. */
  wished: CaptureKind | 'deepstream' | null
  decode: DecodePreference
  onPathFailed: (path: string, detail: string) => void
  /** Of this machine; a test says its own. */
  machine?: { hasJetsonDecoder: () => boolean; openGstreamer: () => Gstreamer }
}

export interface ChosenCapture {
  kind: CaptureKind
  open: OpenFrameSource
  /** Why it is not the wished one, for people; null when it is. */
  warning: string | null
}

/** Said as long as the agent does not run DeepStream's pipeline, which is described and checked only. */
const WITHOUT_DEEPSTREAM =
  "FLEET_PIPELINE=deepstream: the agent does not run DeepStream's batched pipeline yet; video goes through GStreamer, each source by itself"

const THIS_MACHINE = { hasJetsonDecoder, openGstreamer }

/** FFmpeg comes with the agent and is always there; GStreamer comes with the system, or does not. */
export function chooseCapture({
  wished,
  decode,
  onPathFailed,
  machine = THIS_MACHINE,
}: ChooseCaptureOptions): ChosenCapture {
  const openAv = createAvFrameSources({ paths: decodePaths(decode), onPathFailed })
  const byFfmpeg = (warning: string | null): ChosenCapture => ({ kind: 'ffmpeg', open: openAv, warning })
  if ((wished ?? (machine.hasJetsonDecoder() ? 'gstreamer' : 'ffmpeg')) === 'ffmpeg') return byFfmpeg(null)
  try {
    const { addon, installed } = machine.openGstreamer()
    const paths = decode === 'software' ? (['software'] as const) : gstPaths(installed)
    const open = createGstFrameSources({ addon, installed, paths, openStill: openAv, onPathFailed })
    return { kind: 'gstreamer', open, warning: wished === 'deepstream' ? WITHOUT_DEEPSTREAM : null }
  } catch (thrown) {
    const { message, hint } = toFleetError(thrown)
    return byFfmpeg(`video goes through FFmpeg: ${message}. ${hint}`)
  }
}
