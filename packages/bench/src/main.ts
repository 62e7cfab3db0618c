// npm run bench -- edge: measures, prints a table and keeps the figures in docs/bench. See `--help`.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { toFleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { runTool } from '@sam3-fleet/test-kit/run-tool'
import { runCaptureBench, type CaptureBenchResult } from './capture-bench.ts'
import { STACKS, type Stack } from './drills/fleet-of-one.ts'
import { runKillDrill } from './drills/kill-drill.ts'
import { printKillDrill, printRtspDrill } from './drills/print-drill.ts'
import { runRtspDrill } from './drills/rtsp-drill.ts'
import { runKeyFrames } from './keyframes-command.ts'
import { runIngestBench } from './ingest-bench.ts'
import { printTruth } from './truth/print-truth.ts'
import { runTruthBench } from './truth/truth-bench.ts'
import { RATIO_MIN, runEdgeBench, type EdgeBenchResult } from './edge-bench.ts'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
/** More than this many detector threads need more memory than a bench should take. */
const WORKERS_MAX = 16

/** The moments of the kills that the kept figures were measured with. */
const KILL_SEED = 20_261

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

program
  .command('capture')
  .description('Reading video through FFmpeg and through GStreamer, on the same files.')
  .option('--clip <path...>', 'video files', [
    join(repository, '.cache/media/vtest.avi'),
    join(repository, '.cache/media/bikes.mp4'),
    join(repository, '.cache/media/bigbuckbunny.mp4'),
  ])
  .option('--sources <n...>', 'how many are read at once', (text, before: number[] | undefined) => [
    ...(before ?? []),
    positive(text),
  ])
  .option('--rounds <n>', 'times that each is measured', positive, 3)
  .action(async (given: { clip: string[]; sources?: number[]; rounds: number }) => {
    const result = await runCaptureBench({
      clips: given.clip,
      sources: given.sources ?? [1, 4],
      rounds: given.rounds,
      onRound: (name, cost) =>
        console.error(`${name}: ${cost.framesPerS} frames/s, ${cost.cpuMsPerFrame} ms CPU a frame`),
    })
    await keepFigures('capture', result)
    printCapture(result)
  })

program
  .command('kill')
  .description('Kills device and centre in the middle of work, then compares both sides.')
  .addOption(new Option('--stack <stack>', 'database and broker').choices(STACKS).default('embedded'))
  .option('--kills <n>', 'kills of each side', positive, 10)
  .option('--seed <n>', 'decides the moments of the kills', positive, KILL_SEED)
  .action(async (given: { stack: Stack; kills: number; seed: number }) => {
    const result = await runKillDrill({
      packagesDir: join(repository, 'packages'),
      ...given,
      onStep: (text) => console.error(text),
    })
    await keepFigures(`kill-${given.stack}`, result)
    printKillDrill(result)
    if (result.comparison.faults.length > 0) process.exitCode = 1
  })

program
  .command('rtsp')
  .description('Kills a camera twice while another source works on.')
  .option('--minutes <n>', 'how long', positive, 5)
  .action(async ({ minutes }: { minutes: number }) => {
    const result = await runRtspDrill({
      packagesDir: join(repository, 'packages'),
      minutes,
      onStep: (text) => console.error(text),
    })
    await keepFigures('rtsp', result)
    printRtspDrill(result)
  })

program
  .command('ingest')
  .description('The centre takes batches in, against the least that its database must do for the same rows.')
  .option('--devices <n>', 'devices that send at once', positive, 8)
  .option('--batches <n>', 'batches of each device', positive, 16)
  .option('--rounds <n>', 'times that both are measured', positive, 5)
  .addOption(
    new Option('--database <kind...>', 'which')
      .choices(['pglite', 'postgres'])
      .default(['pglite', 'postgres']),
  )
  .action(
    async (given: {
      devices: number
      batches: number
      rounds: number
      database: ('pglite' | 'postgres')[]
    }) => {
      const result = await runIngestBench({
        ...given,
        batchesPerDevice: given.batches,
        databases: given.database,
        onRound: (database, name, rowsPerS) => console.error(`${database} ${name}: ${rowsPerS} rows/s`),
      })
      await keepFigures('ingest', result)
      console.log(`${result.machine.cpu}, ${result.machine.cores} cores, node ${result.machine.node}`)
      console.log(`${result.rows} sightings of ${result.devices} devices`)
      console.table(
        Object.fromEntries(
          Object.entries(result.databases).map(
            ([name, { floorRowsPerS, ingestRowsPerS, ratio, durability }]) => [
              name,
              { 'floor rows/s': floorRowsPerS, 'ingest rows/s': ingestRowsPerS, ratio, durability },
            ],
          ),
        ),
      )
    },
  )

program
  .command('keyframes')
  .description('What key frames save and what they cost in boxes and masks, on real video.')
  .option('--fps <n>', 'frames a second', positive, 5)
  .option('--frames <n>', 'frames of each clip at most', positive, 250)
  .action(async (given: { fps: number; frames: number }) =>
    keepFigures('keyframes', await runKeyFrames(repository, given)),
  )

program
  .command('truth')
  .description('What the product sees against labels made by hand, and a naive pipeline beside it.')
  .option('--workers <n>', 'detector threads', positive, Math.min(WORKERS_MAX, availableParallelism()))
  .action(async ({ workers }: { workers: number }) => {
    console.error('the labelled photos are fetched where they are missing')
    await runTool('bash', [join(repository, 'eval/tools/fetch-photos.sh')])
    const result = await runTruthBench({
      packDir: DEFAULT_PACK_DIR,
      evalDir: join(repository, 'eval'),
      packagesDir: join(repository, 'packages'),
      mediaDir: join(repository, '.cache/media'),
      photosDir: join(repository, '.cache/photos'),
      detectorWorkers: workers,
      onStep: (text) => console.error(text),
      onAnswered: async (answered) => {
        const path = join(repository, '.cache/truth-answers.json')
        await writeFile(path, `${JSON.stringify(answered, null, 2)}\n`)
        console.error(`what was shown for the half for tuning lies in ${path}`)
      },
    })
    await keepFigures('truth', result)
    printTruth(result)
  })

/** In docs/bench. */
async function keepFigures(name: string, figures: object): Promise<void> {
  const path = join(repository, `docs/bench/${name}.json`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(figures, null, 2)}\n`)
}

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

function printCapture({ machine, results }: CaptureBenchResult): void {
  console.log(
    `${machine.cpu}, ${machine.cores} cores, node ${machine.node}, ${machine.gstreamer}; every frame, no detector`,
  )
  console.table(
    Object.fromEntries(
      results.map(({ clip, sources, ffmpeg, gstreamer, framesPerSRatio, cpuRatio }) => [
        `${clip} x ${sources}`,
        {
          'FFmpeg frames/s': ffmpeg.framesPerS,
          'GStreamer frames/s': gstreamer.framesPerS,
          'FFmpeg CPU ms': ffmpeg.cpuMsPerFrame,
          'GStreamer CPU ms': gstreamer.cpuMsPerFrame,
          'frames/s ratio': framesPerSRatio,
          'CPU ratio': cpuRatio,
        },
      ]),
    ),
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
