// Runs what the centre asks, within its deadline, once per idempotency key, and always answers (rule A20).
import { FleetError, toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { REPLY_MAX_BYTES } from '@sam3-fleet/shared/protocol/bounds'
import type {
  Command,
  CommandBody,
  CommandKind,
  Reply,
  ReplyResult,
} from '@sam3-fleet/shared/protocol/command'
import { PROTOCOL_VERSION } from '@sam3-fleet/shared/protocol/version'
import type { Clock } from '@sam3-fleet/shared/time/clock'
import type { CommandHandlers } from './command-handlers.ts'

/** Commands at work at once; more are refused so that a flood cannot starve the stages. */
const RUNNING_MAX = 8
/** Answers kept for repeated keys. */
const REMEMBERED_MAX = 256

export interface CommandListenerOptions {
  deviceId: string
  handlers: CommandHandlers
  clock: Clock
  reply: (reply: Reply) => void
}

export interface CommandListener {
  onCommand(command: Command): void
}

type Outcome = Pick<Reply, 'status' | 'result' | 'error'>

export function createCommandListener(options: CommandListenerOptions): CommandListener {
  const outcomes = new Map<string, Promise<Outcome>>()
  let running = 0

  function answer(command: Command, outcome: Outcome): void {
    const reply: Reply = {
      v: PROTOCOL_VERSION,
      commandId: command.commandId,
      deviceId: options.deviceId,
      ...outcome,
    }
    if (Buffer.byteLength(JSON.stringify(reply)) <= REPLY_MAX_BYTES) {
      options.reply(reply)
      return
    }
    const tooLarge = new FleetError('PAYLOAD_TOO_LARGE', 'the answer is larger than a reply may be', {
      hint: 'Ask for fewer results.',
    })
    options.reply({ ...reply, status: 'failed', result: undefined, ...tooLarge.toBody() })
  }

  async function perform(command: Command): Promise<Outcome> {
    if (running >= RUNNING_MAX)
      return failed(new FleetError('TOO_MANY_REQUESTS', 'the device is busy with other commands'))
    running += 1
    const deadline = new AbortController()
    const over = new AbortController()
    const expired = options.clock.sleep(command.remainingMs, over.signal).then(
      (): Outcome => {
        deadline.abort(new FleetError('DEADLINE_EXCEEDED', 'the deadline of the command has passed'))
        return { status: 'expired' }
      },
      (): Outcome => ({ status: 'expired' }),
    )
    const done = handle(options.handlers, command.body, {
      signal: deadline.signal,
      idempotencyKey: command.idempotencyKey,
    }).then(
      (result): Outcome => ({ status: 'done', result }),
      (thrown: unknown): Outcome => failed(toFleetError(thrown)),
    )
    const outcome = await Promise.race([done, expired])
    over.abort()
    running -= 1
    return outcome
  }

  function remember(key: string, outcome: Promise<Outcome>): void {
    outcomes.set(key, outcome)
    const oldest = outcomes.keys().next().value
    if (outcomes.size > REMEMBERED_MAX && oldest !== undefined) outcomes.delete(oldest)
  }

  return {
    onCommand(command) {
      const known = outcomes.get(command.idempotencyKey)
      const outcome = known ?? perform(command)
      if (!known) remember(command.idempotencyKey, outcome)
      void outcome.then((settled) => {
        // What failed may be asked again under the same key; only effects are remembered.
        if (settled.status !== 'done') outcomes.delete(command.idempotencyKey)
        answer(command, settled)
      })
    },
  }
}

function failed(error: FleetError): Outcome {
  return { status: 'failed', ...error.toBody() }
}

function handle<K extends CommandKind>(
  handlers: CommandHandlers,
  body: Extract<CommandBody, { kind: K }>,
  context: Parameters<CommandHandlers[K]>[1],
): Promise<ReplyResult<K>> {
  const handler = handlers[body.kind as K]
  return handler(body, context)
}
