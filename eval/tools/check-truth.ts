// Checks the label files of eval/ against what eval/README.md promises of them, and prints what they hold. Exits 1 on a
// finding: a half that is not what the hash says, a box outside its picture, a name that is not declared.
//   node eval/tools/check-truth.ts
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { COLOURS } from './colour-names.ts'
import { halfOf } from './half-of.ts'
import { cornersOf, maskFileSchema, type LabelledMask } from './mask-file.ts'

const halfSchema = z.enum(['tune', 'test'])
const boxSchema = z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()])
const frameSchema = z.strictObject({
  frameIdx: z.number().int().nonnegative(),
  shot: z.number().int().optional(),
  half: halfSchema,
  crowd: z.array(z.string()).optional(),
  boxes: z.array(
    z.strictObject({
      box: boxSchema,
      label: z.string(),
      also: z.array(z.string()).optional(),
      occluded: z.number().min(0).max(1),
      ignore: z.boolean(),
    }),
  ),
})
const clipSchema = z.strictObject({
  clip: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  frames: z.array(frameSchema).min(1),
})
const quietSchema = clipSchema.extend({ crop: boxSchema })
const vtestSchema = z.object({ frames: z.array(z.object({ frameIdx: z.number(), half: halfSchema })) })
const coloursSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      file: z.string(),
      frameIdx: z.number().int().nonnegative(),
      subject: z.string(),
      half: halfSchema,
      box: boxSchema,
      label: z.string(),
      part: z.enum(['whole', 'upper', 'lower']),
      colours: z.array(z.enum(COLOURS)).min(1),
    }),
  ),
})
const spanSchema = z.tuple([z.number().int(), z.number().int()])
const queriesSchema = z.strictObject({
  things: z.record(
    z.string(),
    z.strictObject({
      file: z.string(),
      label: z.string(),
      spans: z.array(spanSchema).min(1),
      static: z.boolean(),
      refs: z.array(z.strictObject({ frameIdx: z.number().int(), box: boxSchema })).min(1),
      seen: z.string().min(1),
    }),
  ),
  queries: z.array(
    z.strictObject({
      id: z.string(),
      text: z.string().min(1),
      half: halfSchema,
      tags: z.array(z.string()).min(1),
      mustBeSeen: z.string().min(1),
      right: z.array(z.string()),
      alsoRight: z
        .strictObject({
          note: z.string(),
          file: z.string(),
          label: z.array(z.string()),
          from: z.number().int(),
          to: z.number().int(),
          needs: z.string().optional(),
        })
        .optional(),
      wrong: z.array(z.string()),
      maybe: z.array(z.string()),
      during: z.record(z.string(), spanSchema).optional(),
    }),
  ),
})

const findings: string[] = []

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function expect(holds: boolean, finding: string): void {
  if (!holds) findings.push(finding)
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))
}

function countBy(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].map(([value, count]) => `${value} ${count}`).join(', ')
}

function checkFrames({ clip, width, height, frames }: z.infer<typeof clipSchema>): void {
  for (const frame of frames) {
    const stem = clip.replace(/\.[^.]+$/, '')
    const id = frame.shot === undefined ? `photo/${clip}` : `${stem}/shot-${frame.shot}`
    expect(frame.half === halfOf(id), `${clip} #${frame.frameIdx}: the half of ${id} is ${halfOf(id)}`)
    for (const [at, { box }] of frame.boxes.entries()) {
      const [x, y, w, h] = box
      expect(
        x >= 0 && y >= 0 && x + w <= width && y + h <= height,
        `${clip} #${frame.frameIdx}: box ${at} leaves the picture`,
      )
    }
  }
}

/** Of a part of one still shot: frames are told apart by their numbers, and boxes end where the part does. */
function checkQuiet({ clip, crop, frames }: z.infer<typeof quietSchema>): void {
  const [left, top, width, height] = crop
  for (const { frameIdx, half, boxes } of frames) {
    const id = `${clip.replace(/\.[^.]+$/, '')}/frame-${frameIdx}`
    expect(half === halfOf(id), `quiet #${frameIdx}: the half of ${id} is ${halfOf(id)}`)
    for (const [at, { box }] of boxes.entries()) {
      const [x, y, w, h] = box
      expect(
        x >= left && y >= top && x + w <= left + width && y + h <= top + height,
        `quiet #${frameIdx}: box ${at} leaves the part`,
      )
    }
  }
}

/** @param halfOfFrame what the labels of the same frame say; undefined where it has none */
function checkMask(mask: LabelledMask, halfOfFrame: string | undefined): void {
  const { id, file, frameIdx, width, height, half, polygons, box, points } = mask
  expect(id.startsWith(`${file}#${frameIdx}/`), `${id}: wrong id`)
  expect(half === halfOfFrame, `${id}: its frame is in ${halfOfFrame ?? 'no file of labels'}`)
  const [x, y, w, h] = box
  expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height, `${id}: the box leaves the picture`)
  for (const polygon of polygons) {
    expect(polygon.length % 2 === 0, `${id}: a corner lacks its y`)
    expect(
      cornersOf(polygon).every(([px, py]) => px >= x && py >= y && px <= x + w && py <= y + h),
      `${id}: a corner lies outside of the box`,
    )
  }
  for (const point of points)
    expect(
      polygons.filter((polygon) => holds(polygon, point)).length % 2 === 1,
      `${id}: ${point.join(', ')} lies beside it`,
    )
}

/** Whether a line to the right from the point crosses the outline an odd number of times. */
function holds(polygon: readonly number[], [x, y]: readonly [number, number]): boolean {
  const corners = cornersOf(polygon)
  return (
    corners.filter(([x1, y1], at) => {
      const [x2, y2] = corners[(at + 1) % corners.length] ?? [x1, y1]
      return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)
    }).length %
      2 ===
    1
  )
}

const bikes = clipSchema.parse(read('clips/bikes.json'))
const carphone = clipSchema.parse(read('clips/carphone.json'))
const { photos } = z.strictObject({ photos: z.array(clipSchema) }).parse(read('clips/photos.json'))
const { items } = coloursSchema.parse(read('colours.json'))
const quiet = quietSchema.parse(read('clips/quiet.json'))
const vtest = vtestSchema.parse(read('vtest/labels.json'))
const { masks } = maskFileSchema.parse(read('masks.json'))
const { things, queries } = queriesSchema.parse(read('queries.json'))

for (const clip of [bikes, carphone, ...photos]) checkFrames(clip)
checkQuiet(quiet)
for (const [name, clips] of Object.entries({
  bikes: [bikes],
  carphone: [carphone],
  quiet: [quiet],
  photos,
})) {
  const frames = clips.flatMap((clip) => clip.frames)
  const boxes = frames.flatMap((frame) => frame.boxes)
  const asked = boxes.filter(({ ignore }) => !ignore)
  say(`${name}: ${frames.length} frames (${countBy(frames.map(({ half }) => half))})`)
  say(`  ${asked.length} boxes asked for, ${boxes.length - asked.length} ignored`)
  say(`  ${countBy(asked.map(({ label }) => label))}`)
}

expect(new Set(items.map(({ id }) => id)).size === items.length, 'colours.json: an id comes twice')
for (const item of items) {
  expect(item.half === halfOf(`${item.file}/${item.subject}`), `${item.id}: wrong half`)
  expect(item.id === `${item.file}#${item.frameIdx}/${item.subject}/${item.part}`, `${item.id}: wrong id`)
}
say(`colours: ${items.length} items (${countBy(items.map(({ half }) => half))})`)
say(`  ${countBy(items.map(({ part }) => part))}; ${countBy(items.map(({ colours }) => colours[0] ?? ''))}`)

expect(new Set(masks.map(({ id }) => id)).size === masks.length, 'masks.json: an id comes twice')
for (const mask of masks) {
  const frames = [bikes, carphone, ...photos, { clip: 'vtest.avi', frames: vtest.frames }]
    .filter(({ clip }) => clip === mask.file)
    .flatMap((one): z.infer<typeof vtestSchema>['frames'] => one.frames)
  checkMask(mask, frames.find(({ frameIdx }) => frameIdx === mask.frameIdx)?.half)
}
say(`masks: ${masks.length} (${countBy(masks.map(({ half }) => half))})`)
say(`  ${countBy(masks.map(({ label }) => label))}`)

for (const query of queries) {
  expect(query.half === halfOf(`query/${query.id}`), `${query.id}: wrong half`)
  const named = [...query.right, ...query.wrong, ...query.maybe]
  expect(new Set(named).size === named.length, `${query.id}: a thing is named twice`)
  for (const name of [...named, ...Object.keys(query.during ?? {})])
    expect(name in things, `${query.id}: no thing is called ${name}`)
  expect((query.right.length === 0) === query.tags.includes('absent'), `${query.id}: the tag absent is wrong`)
}
const absent = queries.filter(({ right }) => right.length === 0)
say(`queries: ${queries.length} (${countBy(queries.map(({ half }) => half))})`)
say(`  ${absent.length} of things that are not there (${countBy(absent.map(({ half }) => half))})`)
say(`  ${Object.keys(things).length} things; tags: ${countBy(queries.flatMap(({ tags }) => tags))}`)

for (const finding of findings) process.stderr.write(`${finding}\n`)
if (findings.length > 0) process.exitCode = 1
