// Contract: what the agent can do when the centre asks. Sync only carries the question and the answer.
import type { CommandBody, CommandKind, ReplyResult } from '@sam3-fleet/shared/protocol/command'

export type CommandHandlers = {
  [K in CommandKind]: (
    body: Extract<CommandBody, { kind: K }>,
    context: { signal: AbortSignal; idempotencyKey: string },
  ) => Promise<ReplyResult<K>>
}
