// A hello in, the decision out: go on where the centre's copy ends, or begin a new epoch because the two do not fit.
import type { Hello } from '@sam3-fleet/shared/protocol/hello'
import { PROTOCOL_FLOOR, PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Queryable } from '../database/database.ts'
import {
  enterEpoch,
  greetDevice,
  lockDevice,
  readEpoch,
  receiptHash,
  type DeviceKey,
  type DeviceStanding,
  type EpochStanding,
} from '../store/write-devices.ts'

/** What a device hears that was revoked. */
export const REVOKED = 'this device was revoked'

export interface Greeting {
  action: 'resume' | 'new_epoch' | 'refused'
  reason: string
  lease: number
}

/** In the caller's transaction. */
export async function greet(tx: Queryable, key: DeviceKey, hello: Hello): Promise<Greeting> {
  if (hello.v < PROTOCOL_FLOOR || hello.v > PROTOCOL_VERSION) {
    return {
      action: 'refused',
      reason: `the centre speaks protocol ${PROTOCOL_FLOOR} to ${PROTOCOL_VERSION}, the device ${hello.v}`,
      lease: 1,
    }
  }
  const device = await lockDevice(tx, key, hello.name)
  if (device.isRevoked) return { action: 'refused', reason: REVOKED, lease: 1 }
  const standing = await readEpoch(tx, key, hello.epoch)
  const misfit = await misfitOf(tx, key, hello, device, standing)
  if (misfit === null) await enterEpoch(tx, key, hello.epoch)
  const lease = await greetDevice(tx, key, hello)
  return misfit === null
    ? { action: 'resume', reason: '', lease }
    : { action: 'new_epoch', reason: misfit, lease }
}

/** Why this epoch cannot go on; null when it can (rules A1 iii, A2). */
async function misfitOf(
  tx: Queryable,
  key: DeviceKey,
  hello: Hello,
  device: DeviceStanding,
  standing: EpochStanding | null,
): Promise<string | null> {
  if (standing?.isClosed && device.currentEpoch !== hello.epoch)
    return 'this epoch was closed when the device began another: an old disk is back'
  if (!standing) return null
  if (standing.maxReceived > hello.maxSeq)
    return `the centre holds entries up to ${standing.maxReceived}, the device issued ${hello.maxSeq}: its disk went back in time`
  const { lastAck } = hello
  if (!lastAck || lastAck.hash === null || lastAck.hwm === 0) return null
  const held = await receiptHash(tx, key, hello.epoch, lastAck.hwm)
  return held !== null && held !== lastAck.hash
    ? `entry ${lastAck.hwm} has other content here than on the device`
    : null
}
