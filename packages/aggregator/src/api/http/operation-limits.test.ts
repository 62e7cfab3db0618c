import { expect, test } from 'vitest'
import { FakeClock } from '@sam3-fleet/shared/time/fake-clock'
import type { Principal } from '../principal.ts'
import { createOperationLimits } from './operation-limits.ts'

const caller = (subject: string): Principal => ({ tenantId: 'default', role: 'viewer', subject })

test('a flood of one caller is refused, another caller goes on, and the first may go on after a while', async () => {
  const clock = new FakeClock()
  const limits = createOperationLimits(clock, { refillPerS: 10, bucketSize: 5 })
  for (let n = 0; n < 5; n++) limits.take(caller('flood'))
  expect(() => limits.take(caller('flood'))).toThrow('too many operations')
  limits.take(caller('other'))
  await clock.advance(100)
  limits.take(caller('flood'))
  expect(() => limits.take(caller('flood'))).toThrow('too many operations')
})
