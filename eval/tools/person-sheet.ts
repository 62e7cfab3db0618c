// A label file with identities in, one PNG for one person out: all keyframes side by side, to see by eye that an identity
// is one person and that the boxes fit.
//   node eval/tools/person-sheet.ts --media .cache/media/vtest.avi --person p01 --out sheet.png [--scale 3]
import { parseArgs } from 'node:util'
import sharp, { type OverlayOptions } from 'sharp'
import { asSharp, readFrames, type ClipFrame } from './clip-frames.ts'
import { readIdentityTruth, type PersonLabel } from './identity-truth.ts'

/** What is seen of the surroundings on each side of a box. */
const MARGIN_PX = 8
const SHEET_WIDTH_PX = 1280

const { values } = parseArgs({
  options: {
    media: { type: 'string' },
    person: { type: 'string' },
    out: { type: 'string' },
    scale: { type: 'string', default: '3' },
  },
})
if (!values.media || !values.person || !values.out) throw new Error('--media, --person and --out are needed')
const scale = Number(values.scale)

const truth = readIdentityTruth(new URL('../vtest/labels.json', import.meta.url))
const sights = truth.frames.flatMap(({ frameIdx, boxes }) =>
  boxes.filter(({ personId }) => personId === values.person).map((label) => ({ frameIdx, label })),
)
if (sights.length === 0) throw new Error(`nobody is called ${values.person}`)
const frames = await readFrames(
  values.media,
  sights.map(({ frameIdx }) => frameIdx),
)

const tiles: { png: Buffer; width: number; height: number }[] = []
for (const [at, { label }] of sights.entries()) {
  const frame = frames[at]
  if (frame) tiles.push(await tileOf(frame, label))
}
const placed = inRows(tiles)
await sharp({
  create: { width: SHEET_WIDTH_PX, height: placed.height, channels: 3, background: 'black' },
})
  .composite(placed.overlays)
  .png()
  .toFile(values.out)

async function tileOf(
  frame: ClipFrame,
  { box, occluded, ignore }: PersonLabel,
): Promise<(typeof tiles)[number]> {
  const [left, top] = [Math.max(0, box[0] - MARGIN_PX), Math.max(0, box[1] - MARGIN_PX)]
  const right = Math.min(frame.width, box[0] + box[2] + MARGIN_PX)
  const bottom = Math.min(frame.height, box[1] + box[3] + MARGIN_PX)
  const [width, height] = [(right - left) * scale, (bottom - top) * scale]
  const words = [`#${frame.frameIdx}`, occluded > 0 ? `o${occluded}` : '', ignore ? 'ign' : ''].join(' ')
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">` +
    `<rect x="${(box[0] - left) * scale}" y="${(box[1] - top) * scale}" width="${box[2] * scale}" ` +
    `height="${box[3] * scale}" fill="none" stroke="lime"/>` +
    `<text x="2" y="12" font-size="12" fill="yellow" stroke="black" stroke-width="2" paint-order="stroke">${words}</text></svg>`
  const png = await asSharp(frame)
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize(width, height, { kernel: 'cubic' })
    .composite([{ input: Buffer.from(drawing) }])
    .png({ compressionLevel: 1 })
    .toBuffer()
  return { png, width, height }
}

function inRows(all: typeof tiles): { overlays: OverlayOptions[]; height: number } {
  const overlays: OverlayOptions[] = []
  let [left, top, rowHeight] = [0, 0, 0]
  for (const { png, width, height } of all) {
    if (left > 0 && left + width > SHEET_WIDTH_PX) {
      top += rowHeight
      left = 0
      rowHeight = 0
    }
    overlays.push({ input: png, left, top })
    left += width
    rowHeight = Math.max(rowHeight, height)
  }
  return { overlays, height: top + rowHeight }
}
