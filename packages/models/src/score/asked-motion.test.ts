import { expect, it } from 'vitest'
import { MOVEMENTS } from '../describe/movement.ts'
import { askedMotionOf, movementAgreement, placeAgreement } from './asked-motion.ts'

it.each([
  ['someone walking left', 'moving left', null],
  ['a car driving to the right', 'moving right', null],
  ['pedestrian crossing from left to right', 'crossing from left to right', null],
  ['parked car on the left', 'standing still', 'left'],
  ['dog running towards the camera', 'moving towards the camera', null],
  ['bicycle near the left edge', null, 'left'],
  ['bus in the middle', null, 'centre'],
  ['red car', null, null],
])('reads "%s" as %s at %s', (query, movement, side) => {
  const asked = askedMotionOf(query)
  expect(asked.movements?.[0] ?? null).toBe(movement)
  expect(asked.side).toBe(side)
})

it('agrees with a crossing when a direction is asked, and with no movement that it does not name', () => {
  const asked = askedMotionOf('someone walking left')
  expect(MOVEMENTS.filter((movement) => movementAgreement(asked, movement) === 'agrees')).toEqual([
    'moving left',
    'crossing from right to left',
  ])
  expect(movementAgreement(asked, '')).toBe('unmeasured')
})

it('reads the side from any of the nine places', () => {
  const asked = askedMotionOf('bicycle on the left')
  for (const place of ['left', 'top left', 'bottom left']) expect(placeAgreement(asked, place)).toBe('agrees')
  for (const place of ['top', 'centre', 'bottom right'])
    expect(placeAgreement(asked, place)).toBe('contradicts')
})
