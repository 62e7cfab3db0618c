// What a decoder on another thread says, in order, for one reader; its length is bounded by the credit that was given.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { OPEN_TIMEOUT_MS } from './capture-limits.ts'
import type { OpenSourceOptions } from './frame-source.ts'
import { sourceFailure } from './source-failure.ts'

export interface MessageInbox<Message> {
  put(message: Message): void
  /** After what was put before, `next` throws this. */
  die(cause: Error): void
  /** @throws FleetError CANCELLED or SOURCE_UNAVAILABLE when `signal` fires first, or what it died of. */
  next(signal: AbortSignal): Promise<Message>
}

export function createMessageInbox<Message>(options: OpenSourceOptions): MessageInbox<Message> {
  const waiting: Message[] = []
  let died: Error | null = null
  let wake: () => void = () => undefined
  return {
    put(message) {
      waiting.push(message)
      wake()
    },
    die(cause) {
      died ??= cause
      wake()
    },
    async next(signal) {
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        for (;;) {
          if (options.signal.aborted) throw new FleetError('CANCELLED', 'the source is not wanted any more')
          if (signal.aborted)
            throw sourceFailure(options, {
              message: 'did not answer in time',
              detail: `${OPEN_TIMEOUT_MS[options.kind] / 1_000} s`,
            })
          const message = waiting.shift()
          if (message !== undefined) return message
          if (died) throw died
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}
