import { expect, test } from 'vitest'
import { withoutAddress } from './source-failure.ts'

test.each([
  ['rtsp://admin:p@ss@cam:554/live', 'cannot reach rtspt://admin:p@ss@cam:554/live'],
  ['rtsp://admin:secret-word@cam/live', 'Could not open rtsp://admin:secret-word@cam/live, retry'],
  ['rtsp://cam/live', 'rtsp://admin:secret-word@cam:554/other failed'],
])('of the address %s neither user nor password is told', (uri, detail) => {
  const told = withoutAddress({ uri }, detail)
  expect(told).not.toMatch(/admin|p@ss|ss@|secret/)
  expect(told).toMatch(/cannot reach|Could not open|failed/)
})
