// Contract: a person's words in, what the pack can look for out. The same function serves device and centre.
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { ColourShare } from '@sam3-fleet/shared/domain/sighting'

export interface PromptInterpreter {
  /**
   * Maps words to the detector's labels and to measured colours ("crimson automobile" -> car, red).
   * `labels` is empty when nothing in the prompt names a label that the pack can see.
   */
  interpret(prompt: string, signal?: AbortSignal): Promise<Interpretation>
}

/** Whether an object is what an interpreted prompt asks for: its label is named and it shows an asked colour. */
export type PromptMatcher = (
  interpretation: Interpretation,
  object: { label: string; colours: readonly ColourShare[] },
) => boolean
