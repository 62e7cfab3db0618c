// Holds back who fails to log in again and again: by address, and by device name. Nobody locks a device out from
// another address: one that has not failed with this name itself may always try. What is held back is not checked, so
// that guessing costs the centre no password hashes.
import type { Clock } from '@sam3-fleet/shared/time/clock'
import { networkOf } from './network-of.ts'
import { createTokenBuckets } from './token-buckets.ts'

/** Milliseconds in which all of the allowances below are given again, evenly. */
export const LOGIN_WINDOW_MS = 60_000
/** Failures of one address in a window: a site of devices behind one address that all lost their accounts at once. */
export const FAILURES_PER_ADDRESS = 60
/** Failures with one name in a window, wherever from: a device that tries again by itself does so less often. */
export const FAILURES_PER_NAME = 10
/** Addresses, names, and pairs of them that are remembered; some MB at most. */
const KEYS_MAX = 10_000
/** Characters of a name that are looked at; those of devices are shorter, and others must not fill the memory. */
const NAME_MAX_LENGTH = 64
/** Log-ins of one address that are checked at once, so that many cannot pass before the first has failed. */
const CHECKS_AT_ONCE = 4

export interface Caller {
  address: string
  /** What it calls itself. */
  name: string
}

/** `gone`: it left before it was checked; it counts neither way. */
export type Verdict = 'right' | 'wrong' | 'gone'

export interface LoginLimiter {
  /** What `verify` says, or `held_back` without asking it. @throws what `verify` throws, which counts neither way. */
  admit(caller: Caller, verify: () => Promise<Verdict>): Promise<Verdict | 'held_back'>
}

export interface LoginLimiterOptions {
  clock: Pick<Clock, 'monotonicMs'>
  /** Once a window for each address. */
  onHeldBack: (caller: Caller) => void
}

export function createLoginLimiter({ clock, onHeldBack }: LoginLimiterOptions): LoginLimiter {
  const bounds = { clock, windowMs: LOGIN_WINDOW_MS, keysMax: KEYS_MAX }
  const addresses = createTokenBuckets({ ...bounds, capacity: FAILURES_PER_ADDRESS })
  const names = createTokenBuckets({ ...bounds, capacity: FAILURES_PER_NAME })
  const pairs = createTokenBuckets({ ...bounds, capacity: 1 })
  const reports = createTokenBuckets({ ...bounds, capacity: 1 })
  /** Pairs that logged in before: the failures of others behind the same address do not hold them back. */
  const proven = new Set<string>()
  const gates = createGates(CHECKS_AT_ONCE)

  function prove(pair: string): void {
    proven.delete(pair)
    proven.add(pair)
    const oldest = proven.keys().next().value
    if (proven.size > KEYS_MAX && oldest !== undefined) proven.delete(oldest)
  }

  return {
    async admit(caller, verify) {
      const address = networkOf(caller.address)
      const name = caller.name.slice(0, NAME_MAX_LENGTH)
      const pair = `${address} ${name}`
      using _place = await gates.enter(address)
      const isAddressSpent = !addresses.has(address) && !proven.has(pair)
      const isNameSpent = !names.has(name) && !pairs.has(pair)
      if (isAddressSpent || isNameSpent) {
        if (reports.has(address)) {
          reports.take(address)
          onHeldBack(caller)
        }
        return 'held_back'
      }
      const verdict = await verify()
      if (verdict === 'right') prove(pair)
      if (verdict === 'wrong') {
        addresses.take(address)
        names.take(name)
        pairs.take(pair)
      }
      return verdict
    },
  }
}

/** So many at once for each key; the others wait in their order. */
function createGates(atOnce: number): { enter(key: string): Promise<Disposable> } {
  const gates = new Map<string, { inside: number; waiting: (() => void)[] }>()
  return {
    async enter(key) {
      const gate = gates.get(key) ?? { inside: 0, waiting: [] }
      gates.set(key, gate)
      if (gate.inside >= atOnce) await new Promise<void>((resolve) => gate.waiting.push(resolve))
      else gate.inside += 1
      return {
        [Symbol.dispose]() {
          // The place goes to the next in the row, if there is one.
          const next = gate.waiting.shift()
          if (next) return next()
          gate.inside -= 1
          if (gate.inside === 0) gates.delete(key)
        },
      }
    },
  }
}
