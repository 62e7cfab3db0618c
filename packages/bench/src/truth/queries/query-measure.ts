// The queries of eval/ asked of a real device and centre, and of what somebody would build in an afternoon.
import type { TextEncoder } from '@sam3-fleet/models/text/text-encoder'
import { dot } from '@sam3-fleet/shared/vector/vector'
import type { Half } from '../truth-files.ts'
import { measureAnswers, type AnswerMeasure } from './answer-measure.ts'
import { askFleet, type AskFleetOptions, type FleetAnswers, type ShownResult } from './ask-fleet.ts'
import { judgeResult, type Verdict } from './judge-result.ts'
import { isAbsent, readQueryTruth, type Query, type QueryTruth } from './query-truth.ts'
import type { DescribedThing } from './shown-things.ts'

/** Cosines that a sentence encoder's users take for a match and for a hint of one. */
const NAIVE_STRONG_FROM = 0.5
const NAIVE_WEAK_FROM = 0.3

export interface AnsweredQuery {
  id: string
  text: string
  half: Half
  results: (ShownResult & { file: string; verdict: Verdict })[]
}

export interface QueryMeasure {
  halves: Record<Half, Record<'centre' | 'device' | 'naive', AnswerMeasure>>
  /** Of the half for tuning; of the other only figures are kept. */
  tune: PlacedQuery[]
}

export interface PlacedQuery {
  id: string
  text: string
  shown: number
  /** Place of the first right answer among those that can be judged; null where none is shown. */
  firstRight: number | null
}

export type QueryMeasureOptions = Omit<AskFleetOptions, 'queries'> & {
  evalDir: string
  encoder: TextEncoder
  /** Hears what was shown for the half for tuning, to look at. */
  onAnswered?: (answered: AnsweredQuery[]) => Promise<void>
}

export async function measureQueries(options: QueryMeasureOptions): Promise<QueryMeasure> {
  const truth = await readQueryTruth(options.evalDir)
  const fleet = await askFleet({ ...options, queries: truth.queries.map(({ text }) => text) })
  const answers = {
    centre: fleet.centre,
    device: fleet.device,
    naive: await answerNaively(options.encoder, truth, fleet),
  }
  const of = (who: keyof typeof answers, half: Half): AnsweredQuery[] =>
    truth.queries
      .filter((query) => query.half === half)
      .map((query) => answered(query, answers[who].get(query.text) ?? [], fleet.things, truth))
  const measured = (half: Half): QueryMeasure['halves'][Half] => {
    const measure = (who: keyof typeof answers): AnswerMeasure =>
      measureAnswers(
        of(who, half).map(({ id, results }) => ({
          isAbsent: truth.queries.some((query) => query.id === id && isAbsent(query)),
          results,
        })),
      )
    return { centre: measure('centre'), device: measure('device'), naive: measure('naive') }
  }
  const shown = of('centre', 'tune')
  await options.onAnswered?.(shown)
  return { halves: { tune: measured('tune'), test: measured('test') }, tune: shown.map(placed) }
}

function placed({ id, text, results }: AnsweredQuery): PlacedQuery {
  const at = results
    .filter(({ verdict }) => verdict !== 'open')
    .findIndex(({ verdict }) => verdict === 'right')
  return { id, text, shown: results.length, firstRight: at < 0 ? null : at + 1 }
}

function answered(
  query: Query,
  results: readonly ShownResult[],
  things: FleetAnswers['things'],
  truth: QueryTruth,
): AnsweredQuery {
  const { id, text, half } = query
  return {
    id,
    text,
    half,
    results: results.flatMap((result) => {
      const thing = things.get(result.sightingId)
      // Removed since it was shown.
      return thing ? [{ ...result, file: thing.file, verdict: judgeResult(thing, query, truth) }] : []
    }),
  }
}

/** The query's own words against each description: cosine, sorted, cut at a fixed value. */
async function answerNaively(
  encoder: TextEncoder,
  { queries }: QueryTruth,
  { things }: Pick<FleetAnswers, 'things'>,
): Promise<Map<string, ShownResult[]>> {
  const shown: [string, DescribedThing][] = [...things]
  const vectors = await encoder.encode(shown.map(([, { description }]) => description))
  const asked = await encoder.encode(queries.map(({ text }) => text))
  return new Map(
    queries.map(({ text }, which) => {
      const results = shown.flatMap(([sightingId, { description }], at) => {
        const cosine = dot(asked[which] as Float32Array, vectors[at] as Float32Array)
        if (cosine < NAIVE_WEAK_FROM) return []
        return [
          {
            cosine,
            sightingId,
            description,
            band: cosine >= NAIVE_STRONG_FROM ? ('strong' as const) : ('weak' as const),
          },
        ]
      })
      return [text, results.toSorted((a, b) => b.cosine - a.cosine)]
    }),
  )
}
