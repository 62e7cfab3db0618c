// One frame of a clip, or a photo, with a pixel grid and a mask of eval/masks.json on it: for drawing outlines by eye and
// for looking at what was drawn.
//   node eval/tools/render-mask.ts --media FILE --out sheet.png [--frame N] [--crop x,y,w,h] [--scale 3] [--grid 10]
//     [--mask ID] [--masks FILE]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { asSharp, readFrames } from './clip-frames.ts'
import { cornersOf, maskFileSchema, type LabelledMask } from './mask-file.ts'
import { gridLines } from './pixel-grid.ts'

const { values } = parseArgs({
  options: {
    media: { type: 'string' },
    out: { type: 'string' },
    frame: { type: 'string', default: '0' },
    crop: { type: 'string' },
    scale: { type: 'string', default: '3' },
    grid: { type: 'string', default: '10' },
    mask: { type: 'string' },
    masks: { type: 'string', default: new URL('../masks.json', import.meta.url).pathname },
  },
})
if (!values.media || !values.out) throw new Error('--media and --out are needed')
const [scale, grid] = [Number(values.scale), Number(values.grid)]
const [frame] = await readFrames(values.media, [Number(values.frame)])
if (!frame) throw new Error('there is no such frame')
const [x = 0, y = 0, w = frame.width, h = frame.height] = values.crop?.split(',').map(Number) ?? []
const [width, height] = [Math.round(w * scale), Math.round(h * scale)]
const drawing = [
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">`,
  ...gridLines({ x, y, w, h }, { scale, grid }),
  values.mask ? outlineOf(maskCalled(values.mask)) : '',
  '</svg>',
].join('')
await asSharp(frame)
  .extract({ left: x, top: y, width: w, height: h })
  .resize(width, height, { kernel: 'cubic' })
  .composite([{ input: Buffer.from(drawing) }])
  .png({ compressionLevel: 3 })
  .toFile(values.out)

function maskCalled(id: string): LabelledMask {
  const { masks } = maskFileSchema.parse(JSON.parse(readFileSync(values.masks, 'utf8')))
  const found = masks.find((mask) => mask.id === id)
  if (!found) throw new Error(`no mask is called ${id}`)
  return found
}

function outlineOf({ polygons, box, points }: LabelledMask): string {
  const at = ([px, py]: readonly [number, number]): [number, number] => [(px - x) * scale, (py - y) * scale]
  const path = polygons
    .map(
      (polygon) =>
        `M${cornersOf(polygon)
          .map((corner) => at(corner).join(' '))
          .join('L')}Z`,
    )
    .join('')
  const [left, top] = at([box[0], box[1]])
  return [
    `<path d="${path}" fill="red" fill-opacity="0.25" fill-rule="evenodd" stroke="yellow" stroke-width="1"/>`,
    `<rect x="${left}" y="${top}" width="${box[2] * scale}" height="${box[3] * scale}" fill="none" stroke="cyan"/>`,
    ...points.map((point) => `<circle cx="${at(point)[0]}" cy="${at(point)[1]}" r="5" fill="cyan"/>`),
  ].join('')
}
