// Whether a detected object is what an interpreted prompt asks for.
import type { PromptMatcher } from './prompt-interpreter.ts'

/**
 * Its label is one of those named, and it shows one of the asked colours if any are asked ("red cars and blue
 * trucks" keeps both) and none of those that are not to be there. An object too small for its colour to be measured does not show it.
 */
export const matchPrompt: PromptMatcher = (interpretation, object) => {
  if (!interpretation.labels.some(({ label }) => label === object.label)) return false
  const { absentColours = [] } = interpretation
  if (object.colours.some(({ name }) => absentColours.includes(name))) return false
  if (interpretation.colours.length === 0) return true
  return object.colours.some(({ name }) => interpretation.colours.includes(name))
}
