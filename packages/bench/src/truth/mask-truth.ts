// The hand-drawn outlines of eval/ with the pictures that they were drawn on. What each field means stands in
// eval/README.md.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import { openAvFrameSource } from '@sam3-fleet/edge-agent/capture/av-frame-source'
import type { DetectorInputSize } from '@sam3-fleet/models/image/rgb-image'
import { halfSchema } from './truth-files.ts'

/** More than any clip has: the wanted frames are picked by their numbers. */
const EVERY_FRAME_FPS = 60
const PHOTO_ENDINGS = new Set(['.jpg', '.jpeg', '.png'])

const pointSchema = z.tuple([z.number(), z.number()])
const drawnMaskSchema = z.object({
  id: z.string(),
  file: z.string(),
  frameIdx: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  half: halfSchema,
  label: z.string(),
  polygons: z.array(z.array(z.number())),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  points: z.array(pointSchema).min(1),
})
export type DrawnMask = z.infer<typeof drawnMaskSchema>

export async function readMasks(evalDir: string): Promise<DrawnMask[]> {
  const text = await readFile(join(evalDir, 'masks.json'), 'utf8')
  return z.object({ masks: z.array(drawnMaskSchema).min(1) }).parse(JSON.parse(text)).masks
}

export interface PictureFolders {
  mediaDir: string
  photosDir: string
}

/** The picture of a mask as somebody would upload it: an encoded file without loss. */
export async function pictureOf(
  { file, frameIdx }: DrawnMask,
  { mediaDir, photosDir }: PictureFolders,
  input: DetectorInputSize,
): Promise<Buffer> {
  if (PHOTO_ENDINGS.has(extname(file))) return readFile(join(photosDir, file))
  await using source = await openAvFrameSource({
    uri: join(mediaDir, file),
    kind: 'file',
    detectFps: EVERY_FRAME_FPS,
    input,
    queueMax: 1,
    signal: new AbortController().signal,
  })
  for await (const captured of source.frames(frameIdx)) {
    if (captured.frameIdx !== frameIdx) continue
    const { data, width, height } = captured.frame.image
    return sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
  }
  throw new Error(`${file} has no frame ${frameIdx}`)
}
