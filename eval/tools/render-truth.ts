// For labelling by eye: frames of a clip in, one PNG out, upscaled under a grid whose lines carry the clip's own pixels,
// with the boxes of a label file drawn over it when one is given. Nothing of the product's models takes part.
//   node eval/tools/render-truth.ts --media CLIP --frames 0,10 --out sheet.png [--truth FILE] [--scale 2] [--grid 50]
//        [--columns 2] [--crop x,y,w,h]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { z } from 'zod'
import { asSharp, readFrames, type ClipFrame } from './clip-frames.ts'
import { gridLines, text } from './pixel-grid.ts'

const truthSchema = z.object({
  frames: z.array(
    z.object({
      frameIdx: z.number(),
      boxes: z.array(
        z.object({
          box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
          label: z.string(),
          personId: z.string().nullish(),
          occluded: z.number().default(0),
          ignore: z.boolean().default(false),
        }),
      ),
    }),
  ),
})
type TruthBox = z.infer<typeof truthSchema>['frames'][number]['boxes'][number]

const { values } = parseArgs({
  options: {
    media: { type: 'string' },
    frames: { type: 'string', default: '0' },
    out: { type: 'string' },
    truth: { type: 'string' },
    scale: { type: 'string', default: '2' },
    grid: { type: 'string', default: '50' },
    columns: { type: 'string', default: '2' },
    crop: { type: 'string' },
  },
})
if (!values.media || !values.out) throw new Error('--media and --out are needed')
const [scale, grid, columns] = [Number(values.scale), Number(values.grid), Number(values.columns)]
const truth = values.truth
  ? truthSchema.parse(JSON.parse(readFileSync(values.truth, 'utf8')))
  : { frames: [] }
const frames = await readFrames(values.media, values.frames.split(',').map(Number))
const tiles = await Promise.all(frames.map(renderTile))
const [tileWidth, tileHeight] = [tiles[0]?.width ?? 1, tiles[0]?.height ?? 1]
await sharp({
  create: {
    width: tileWidth * Math.min(columns, tiles.length),
    height: tileHeight * Math.ceil(tiles.length / columns),
    channels: 3,
    background: 'black',
  },
})
  .composite(
    tiles.map(({ png }, at) => ({
      input: png,
      left: (at % columns) * tileWidth,
      top: Math.floor(at / columns) * tileHeight,
    })),
  )
  .png({ compressionLevel: 3 })
  .toFile(values.out)

async function renderTile(frame: ClipFrame): Promise<{ png: Buffer; width: number; height: number }> {
  const [x = 0, y = 0, w = frame.width, h = frame.height] = values.crop?.split(',').map(Number) ?? []
  const [width, height] = [Math.round(w * scale), Math.round(h * scale)]
  const boxes = truth.frames.find(({ frameIdx }) => frameIdx === frame.frameIdx)?.boxes ?? []
  const drawing = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">`,
    ...gridLines({ x, y, w, h }, { scale, grid }),
    ...boxes.map((box, at) => boxOf(box, at, { x, y })),
    text(4, 30, `#${frame.frameIdx}`, { fill: 'yellow', size: 20 }),
    '</svg>',
  ].join('')
  const png = await asSharp(frame)
    .extract({ left: x, top: y, width: w, height: h })
    .resize(width, height, { kernel: 'cubic' })
    .composite([{ input: Buffer.from(drawing) }])
    .png({ compressionLevel: 1 })
    .toBuffer()
  return { png, width, height }
}

function boxOf(
  { box, label, personId, occluded, ignore }: TruthBox,
  at: number,
  from: { x: number; y: number },
): string {
  const [x, y] = [(box[0] - from.x) * scale, (box[1] - from.y) * scale]
  const colour = ignore ? 'magenta' : (['lime', 'cyan', 'orange', 'red', 'yellow'][at % 5] ?? 'lime')
  const words = [label, personId ?? '', occluded > 0 ? `o${occluded}` : '', ignore ? 'ign' : ''].filter(
    Boolean,
  )
  return (
    `<rect x="${x}" y="${y}" width="${box[2] * scale}" height="${box[3] * scale}" fill="none" stroke="${colour}"/>` +
    text(x + 2, Math.max(22, y + 12), `${at} ${words.join(' ')}`, { fill: colour, size: 12 })
  )
}
