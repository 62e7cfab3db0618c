// Prompts of a source or job to what the pack can look for; a prompt that it cannot see is refused with what it can.
import type { PromptInterpreter } from '@sam3-fleet/models/prompt/prompt-interpreter'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { PipelineRequest } from '../pipeline/pipeline.ts'

/** Labels that a refusal names as examples. */
const EXAMPLES_MAX = 80

/**
 * @returns null when there is no prompt: everything that the pack sees is kept
 * @throws FleetError PROMPT_NOT_SUPPORTED naming what the pack can see
 */
export async function interpretPrompts(
  prompts: readonly string[],
  deps: { interpreter: PromptInterpreter; labels: readonly string[] },
): Promise<PipelineRequest['prompts']> {
  if (prompts.length === 0) return null
  return Promise.all(
    prompts.map(async (text) => {
      const interpretation = await deps.interpreter.interpret(text)
      if (interpretation.labels.length > 0) return { text, interpretation }
      throw new FleetError('PROMPT_NOT_SUPPORTED', `this model pack cannot see "${text}"`, {
        hint: `It can see: ${deps.labels.slice(0, EXAMPLES_MAX).join(', ')}, each with a colour.`,
      })
    }),
  )
}
