// The colour names of eval/colours.json, gathered by thing and picture. What each field means stands in eval/README.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { halfSchema, type Half } from './truth-files.ts'

const colourItemSchema = z.object({
  file: z.string(),
  frameIdx: z.number().int().nonnegative(),
  subject: z.string(),
  half: halfSchema,
  /** `[x, y, w, h]` in pixels, around the whole thing whichever part the names are of. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  label: z.string(),
  part: z.enum(['whole', 'upper', 'lower']),
  colours: z.array(z.string()).min(1),
})
type ColourItem = z.infer<typeof colourItemSchema>

export interface LabelledColours extends Pick<ColourItem, 'file' | 'frameIdx' | 'subject' | 'label' | 'box'> {
  half: Half
  /** For each part that a person looked at, the names that fit, best first. */
  parts: string[][]
}

export async function readColours(evalDir: string): Promise<LabelledColours[]> {
  const text = await readFile(join(evalDir, 'colours.json'), 'utf8')
  const { items } = z.object({ items: z.array(colourItemSchema).min(1) }).parse(JSON.parse(text))
  return gatherColours(items)
}

/** One entry for all parts of one thing in one picture. */
export function gatherColours(items: readonly ColourItem[]): LabelledColours[] {
  const things = Map.groupBy(items, ({ file, frameIdx, subject }) =>
    JSON.stringify([file, frameIdx, subject]),
  )
  return [...things.values()].flatMap((ofThing) => {
    const [first] = ofThing
    if (!first) return []
    const { file, frameIdx, subject, label, box, half } = first
    return [{ file, frameIdx, subject, label, box, half, parts: ofThing.map(({ colours }) => colours) }]
  })
}
