import { expect, test } from 'vitest'
import { topicMatches } from './topic-matches.ts'

test.each([
  ['fleet/v1/+/up/+', 'fleet/v1/device-1/up/batch', true],
  ['fleet/v1/+/up/+', 'fleet/v1/device-1/down/ack', false],
  ['fleet/v1/+/up/+', 'fleet/v1/device-1/up', false],
  ['fleet/v1/+/up/+', 'fleet/v1/device-1/up/batch/more', false],
  ['fleet/v1/+/presence', 'fleet/v1/device-1/presence', true],
  ['fleet/#', 'fleet', true],
  ['fleet/#', 'fleet/v1/x', true],
  ['#', '$SYS/broker/version', false],
  ['+/broker/version', '$SYS/broker/version', false],
  ['$SYS/broker/version', '$SYS/broker/version', true],
])('the filter %s and the topic %s: %s', (filter, topic, expected) => {
  expect(topicMatches(filter, topic)).toBe(expected)
})
