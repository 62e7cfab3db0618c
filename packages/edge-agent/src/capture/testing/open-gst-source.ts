// GStreamer on the CPU, as tests open it.
import { openAvFrameSource } from '../av-frame-source.ts'
import type { OpenFrameSource } from '../frame-source.ts'
import { createGstFrameSources } from '../gst-frame-source.ts'
import type { GstPath } from '../gst-graph.ts'
import { openGstreamer } from '../open-gstreamer.ts'

export function gstFrameSources(
  paths: readonly GstPath[] = ['software'],
  onPathFailed: (path: GstPath, detail: string) => void = () => undefined,
): OpenFrameSource {
  const { addon, installed } = openGstreamer()
  return createGstFrameSources({ addon, installed, paths, openStill: openAvFrameSource, onPathFailed })
}
