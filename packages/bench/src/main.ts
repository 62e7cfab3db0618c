// npm run bench -- edge: measures, prints a table and keeps the figures in docs/bench. See `--help`.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { RATIO_MIN, runEdgeBench, type EdgeBenchResult } from './edge-bench.ts'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
/** More than this many detector threads need more memory than a bench should take. */
const WORKERS_MAX = 16

const program = new Command('bench').description('Measures the product on this machine.')
program
  .command('edge')
  .description('The whole pipeline of a device against decoding and detecting alone.')
  .option('--clip <path>', 'a video file', join(repository, '.cache/media/vtest.avi'))
  .option('--fps <n>', 'frames a second that are looked at', positive, 5)
  .option('--workers <n>', 'detector threads', positive, Math.min(WORKERS_MAX, availableParallelism()))
  .option('--rounds <n>', 'times that both are measured', positive, 3)
  .action(async (given: { clip: string; fps: number; workers: number; rounds: number }) => {
    const result = await runEdgeBench({
      packDir: DEFAULT_PACK_DIR,
      clip: given.clip,
      detectFps: given.fps,
      detectorWorkers: given.workers,
      rounds: given.rounds,
      onRound: (name, cost) => console.error(`${name}: ${cost.framesPerS} frames/s`),
    })
    const path = join(repository, 'docs/bench/edge.json')
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${JSON.stringify(result, null, 2)}\n`)
    print(result)
    if (result.ratio < RATIO_MIN) process.exitCode = 1
  })

function print({
  machine,
  detectOnly,
  pipeline,
  ratio,
  cpuRatio,
  found,
  clip,
  ...how
}: EdgeBenchResult): void {
  console.log(`${machine.cpu}, ${machine.cores} cores, node ${machine.node}`)
  console.log(`${clip} at ${how.detectFps} frames/s, ${how.detectorWorkers} detector threads`)
  console.table({ 'decode + detect': detectOnly, 'whole pipeline': pipeline })
  console.log(
    `ratio of frames/s ${ratio} (at least ${RATIO_MIN}), of CPU ${cpuRatio}; ${found.detections} detections, ${found.sightings} sightings`,
  )
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('it must be a number above 0')
  return value
}

await program.parseAsync().catch((thrown: unknown) => {
  const error = toFleetError(thrown)
  console.error(`${error.message}\n${error.hint}`)
  process.exitCode = 1
})
