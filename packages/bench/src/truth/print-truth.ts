// The figures of the truth bench as tables, the half that nothing was tuned on first.
import type { ClipMeasure, TruthBenchResult } from './truth-bench.ts'

export function printTruth({ product, naive }: TruthBenchResult): void {
  for (const half of ['test', 'tune'] as const) {
    const rows: Record<string, Record<string, string | number>> = {}
    for (const [who, clips] of [
      ['product', product],
      ['naive', naive],
    ] as const)
      for (const clip of clips) {
        const row = rowOf(clip, half)
        if (row) rows[`${clip.clip} ${who}`] = row
      }
    console.log(half === 'test' ? 'The half that nothing was tuned on:' : 'The half for tuning:')
    console.table(rows)
  }
}

function rowOf(
  { halves, cpuMsPerFrame }: ClipMeasure,
  half: 'tune' | 'test',
): Record<string, string | number> | null {
  const measure = halves[half]
  if (!measure) return null
  const { detection, tracks, sightings } = measure
  const three = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(3))
  return {
    'people asked': detection.asked,
    'recall at precision .95': three(detection.recall),
    IDF1: three(tracks?.idf1),
    'tracks a person': three(tracks?.tracksPerPerson),
    'mixed sightings': sightings ? `${sightings.mixedTracks} of ${sightings.tracks}` : '-',
    'people with a sighting': three(sightings?.peopleTracked),
    'CPU ms a frame': cpuMsPerFrame,
  }
}
