// The queries of eval/ and the things they refer to, parsed once. How a result is judged stands in eval/README.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { halfSchema } from '../truth-files.ts'

/** Outermost frames, both inside. */
const spanSchema = z.tuple([z.number().int(), z.number().int()])

const thingSchema = z.object({
  file: z.string(),
  label: z.string(),
  spans: z.array(spanSchema),
  static: z.boolean(),
  refs: z.array(
    z.object({
      frameIdx: z.number().int(),
      /** `[x, y, w, h]` in pixels of the file's own frames. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
})
export type Thing = z.infer<typeof thingSchema>

const querySchema = z.object({
  id: z.string(),
  text: z.string(),
  half: halfSchema,
  tags: z.array(z.string()),
  right: z.array(z.string()),
  alsoRight: z
    .object({
      file: z.string(),
      label: z.array(z.string()),
      from: z.number().int(),
      to: z.number().int(),
      /** What only eyes can judge. */
      needs: z.string().optional(),
    })
    .optional(),
  wrong: z.array(z.string()),
  maybe: z.array(z.string()),
  during: z.record(z.string(), spanSchema).default({}),
})
export type Query = z.infer<typeof querySchema>

const queryTruthSchema = z.object({
  things: z.record(z.string(), thingSchema),
  queries: z.array(querySchema),
})
export type QueryTruth = z.infer<typeof queryTruthSchema>

export async function readQueryTruth(evalDir: string): Promise<QueryTruth> {
  return queryTruthSchema.parse(JSON.parse(await readFile(join(evalDir, 'queries.json'), 'utf8')))
}

/** Nothing of that kind is in any file. */
export function isAbsent({ right }: Query): boolean {
  return right.length === 0
}
