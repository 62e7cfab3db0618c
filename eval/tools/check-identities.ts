// Checks eval/vtest/labels.json: every keyframe there, everybody in the picture labelled once, nobody jumping or changing
// size between two keyframes, halves as eval/README.md says. Prints what the file holds and exits 1 on a finding.
//   node eval/tools/check-identities.ts
import { halfOf } from './half-of.ts'
import { inWindow, readIdentityTruth, type Box } from './identity-truth.ts'

/** Walkers near the camera cross 10 px a frame; a second of labels swapped between two people moves further. */
const SPEED_MAX_PX_PER_FRAME = 14
/** Walking to or from the camera changes the height by up to an eighth in a second. */
const HEIGHT_RATIO_MAX = 1.25
/** From here on the box shows a part of the person only, so its size says nothing. */
const OCCLUDED_FOR_SIZE_MAX = 0.2
/** Lower boxes would be lower than the smallest person that was labelled. */
const HEIGHT_MIN_PX = 28

const truth = readIdentityTruth(new URL('../vtest/labels.json', import.meta.url))
const { firstFrameIdx, lastFrameIdx, keyframeStep } = truth.identityWindow
const stem = truth.clip.replace(/\.[^.]+$/, '')
const findings: string[] = []

function expect(holds: boolean, finding: string): void {
  if (!holds) findings.push(finding)
}

function touchesEdge([x, y, w, h]: Box): boolean {
  return x === 0 || y === 0 || x + w === truth.width || y + h === truth.height
}

const ids = truth.people.map(({ personId }) => personId)
expect(new Set(ids).size === ids.length, 'a personId comes twice')
for (const { personId, subject, half } of truth.people)
  expect(half === halfOf(`${truth.clip}/${subject}`), `${personId}: wrong half`)

const middle = (firstFrameIdx + lastFrameIdx) / 2
for (const { frameIdx, half, boxes } of truth.frames) {
  const inside = inWindow(truth, frameIdx)
  const wanted = inside ? (frameIdx < middle ? 'tune' : 'test') : halfOf(`${stem}/frame-${frameIdx}`)
  expect(half === wanted, `#${frameIdx}: the half is ${wanted}`)
  for (const { box, ignore, personId } of boxes) {
    const name = `#${frameIdx} ${personId ?? box.join(',')}`
    expect(box[0] + box[2] <= truth.width && box[1] + box[3] <= truth.height, `${name}: leaves the picture`)
    expect(ignore || box[3] >= HEIGHT_MIN_PX, `${name}: ${box[3]} px high`)
    expect(inside === (personId !== undefined), `${name}: an identity inside the window, none outside`)
    expect(personId === undefined || ids.includes(personId), `${name}: nobody of this name`)
  }
}

for (let at = firstFrameIdx; at <= lastFrameIdx; at += keyframeStep) {
  const labelled = truth.frames.filter(({ frameIdx }) => frameIdx === at)
  expect(labelled.length === 1, `#${at}: ${labelled.length} keyframes`)
  const present = (labelled[0]?.boxes ?? []).map(({ personId }) => personId)
  expect(new Set(present).size === present.length, `#${at}: somebody is labelled twice`)
  for (const { personId, visible } of truth.people) {
    const there = visible.some(([first, last]) => at >= first && at <= last)
    expect(present.includes(personId) === there, `#${at} ${personId}: labels and visible do not agree`)
  }
}

for (const personId of ids) {
  const sights = truth.frames.flatMap(({ frameIdx, boxes }) =>
    boxes.filter((one) => one.personId === personId && !one.ignore).map((one) => ({ frameIdx, ...one })),
  )
  for (const [at, now] of sights.entries()) {
    const before = sights[at - 1]
    if (!before || now.frameIdx - before.frameIdx > keyframeStep) continue
    const name = `#${before.frameIdx} to #${now.frameIdx} ${personId}`
    const [dx, dy] = [centre(now.box)[0] - centre(before.box)[0], centre(now.box)[1] - centre(before.box)[1]]
    const speed = Math.hypot(dx, dy) / (now.frameIdx - before.frameIdx)
    expect(speed <= SPEED_MAX_PX_PER_FRAME, `${name}: ${speed.toFixed(1)} px a frame`)
    const whole = [before, now].every(
      ({ box, occluded }) => occluded < OCCLUDED_FOR_SIZE_MAX && !touchesEdge(box),
    )
    const ratio = Math.max(now.box[3] / before.box[3], before.box[3] / now.box[3])
    expect(!whole || ratio <= HEIGHT_RATIO_MAX, `${name}: height changes by ${ratio.toFixed(2)}`)
  }
  process.stdout.write(`${personId}: ${sights.length} keyframes\n`)
}

function centre([x, y, w, h]: Box): [number, number] {
  return [x + w / 2, y + h / 2]
}

const boxes = truth.frames.flatMap((frame) => frame.boxes)
const ignored = boxes.filter(({ ignore }) => ignore).length
const hidden = boxes.filter(({ ignore, occluded }) => !ignore && occluded >= OCCLUDED_FOR_SIZE_MAX).length
const tune = truth.frames.filter(({ half }) => half === 'tune').length
process.stdout.write(
  `${truth.frames.length} frames (tune ${tune}), ${truth.people.length} people, ${boxes.length - ignored} boxes asked ` +
    `for, ${hidden} of them of people partly hidden, ${ignored} ignored\n`,
)
for (const finding of findings) process.stderr.write(`${finding}\n`)
if (findings.length > 0) process.exitCode = 1
