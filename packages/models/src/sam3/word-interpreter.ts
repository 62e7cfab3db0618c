// A person's words in, the same words out as what is looked for: the interpreter of packs that see whatever is named.
import type { PromptInterpreter } from '../prompt/prompt-interpreter.ts'
import { promptLabel } from './prompt-label.ts'

export function createWordInterpreter(): PromptInterpreter {
  return {
    async interpret(prompt) {
      const label = promptLabel(prompt)
      return {
        prompt,
        labels: label === '' ? [] : [{ label, similarity: 1 }],
        colours: [],
        ignored: [],
        summary: label === '' ? 'Names nothing to look for' : `Watching for "${label}"`,
      }
    },
  }
}
