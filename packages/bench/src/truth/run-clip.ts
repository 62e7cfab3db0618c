// One clip through the product's whole pipeline, every frame looked at; what it kept, and what it cost, out.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenPack } from '@sam3-fleet/models/pack/open-pack'
import { createEdgeWorld, type KeptDetection, type KeptSighting } from '../edge-world.ts'

/** More than any clip has: every frame is looked at, as the labels need it. */
const EVERY_FRAME_FPS = 60
const US_PER_MS = 1_000

export interface ClipRun {
  detections: KeptDetection[]
  sightings: KeptSighting[]
  frames: number
  cpuMsPerFrame: number
}

export interface RunClipOptions {
  detectFps?: number
  motionGate?: boolean
}

export async function runClip(pack: OpenPack, path: string, options: RunClipOptions = {}): Promise<ClipRun> {
  const dir = await mkdtemp(join(tmpdir(), 'fleet-truth-'))
  try {
    using world = createEdgeWorld(pack, dir)
    const video = world.openRecording(path)
    const before = process.cpuUsage()
    const looked = { frames: 0 }
    await world.pipeline.run(
      {
        video,
        sourceName: 'truth',
        uri: path,
        kind: 'file',
        detectFps: options.detectFps ?? EVERY_FRAME_FPS,
        motionGate: options.motionGate ?? false,
        prompts: null,
        keep: 'all',
        confidenceThreshold: null,
      },
      { signal: new AbortController().signal, onProgress: () => (looked.frames += 1) },
    )
    const { user, system } = process.cpuUsage(before)
    return {
      detections: world.detections(video.id),
      sightings: world.sightings(video.id),
      frames: looked.frames,
      cpuMsPerFrame: (user + system) / US_PER_MS / Math.max(1, looked.frames),
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
