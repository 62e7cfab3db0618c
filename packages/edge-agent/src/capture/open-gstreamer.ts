// GStreamer in this process, opened once: the addon, and which of the elements that graphs may name are installed.
import { existsSync } from 'node:fs'
import { loadGstAddon, type GstAddon } from '@sam3-fleet/gst-native/native-addon'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { knownElements } from './gst-graph.ts'

/** Jetson's video decoder, as JetPack 6 and 5 name its device node. */
const NVIDIA_DECODER_NODES = ['/dev/v4l2-nvdec', '/dev/nvhost-nvdec']

export interface Gstreamer {
  addon: GstAddon
  version: string
  installed: ReadonlySet<string>
}

let opened: Gstreamer | null = null

/** @throws FleetError UNAVAILABLE when the addon is not compiled here or GStreamer is not installed. */
export function openGstreamer(): Gstreamer {
  if (opened) return opened
  try {
    const addon = loadGstAddon()
    const version = addon.initialise()
    opened = { addon, version, installed: new Set(addon.installed(knownElements())) }
    return opened
  } catch (cause) {
    throw new FleetError('UNAVAILABLE', 'GStreamer is not there', {
      hint: 'Install libgstreamer-plugins-base1.0-dev, gstreamer1.0-plugins-good, -bad and gstreamer1.0-libav, then run npm run build:native -w @sam3-fleet/gst-native.',
      cause,
    })
  }
}

/** Whether this machine decodes video with what only GStreamer reaches. */
export function hasJetsonDecoder(exists: (path: string) => boolean = existsSync): boolean {
  return NVIDIA_DECODER_NODES.some((path) => exists(path))
}
