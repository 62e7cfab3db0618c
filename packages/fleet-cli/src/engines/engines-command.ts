// The words of `fleet engines …`; what they do lies in the files beside this one.
import { Command, InvalidArgumentError, Option } from 'commander'
import { SAM3_PRECISIONS, type Sam3Precision } from '@sam3-fleet/models/sam3/engines/trt-engine-graphs'
import type { CommandContext } from '../command-context.ts'
import { buildPackEngines } from './build-pack-engines.ts'
import { checkPackEngines } from './check-pack-engines.ts'
import { enginesDir } from './engines-folder.ts'
import { listEngines } from './list-engines.ts'

export function createEnginesCommand({ env, terminal, signal, finish }: CommandContext): Command {
  const engines = new Command('engines').description(
    "TensorRT engines of a SAM3 pack: built on the device, for its GPU, and proved against the model's full precision.",
  )
  const output = (command: Command): Command =>
    command
      .option('--output-dir <folder>', 'folder of the engines', enginesDir(env))
      .option(
        '--library-dir <folder>',
        "folder with TensorRT's libraries, when the system does not find them",
      )
      .option('--device <index>', 'index of the GPU', wholeNumber, 0)

  output(
    engines
      .command('build')
      .description('Builds what is missing or does not fit any more, and compares it with the reference.')
      .option('--pack <folder>', 'a SAM3 pack', env['FLEET_MODEL_PACK'])
      .option('--checkpoint <path>', 'a SAM3 checkpoint, exported first; SAM3_CHECKPOINT when absent')
      .option('--reference <folder>', 'the same pack in fp32, for packs in half precision')
      .addOption(
        new Option('--precision <name>', 'what TensorRT computes in')
          .choices([...SAM3_PRECISIONS])
          .default('fp16'),
      ),
  ).action(async (given: BuildFlags) => {
    const checkpoint = given.checkpoint ?? (given.pack === undefined ? env['SAM3_CHECKPOINT'] : undefined)
    finish(await buildPackEngines({ ...given, checkpoint, env, signal }, terminal))
  })

  engines
    .command('list')
    .description('The engines that are here, with what each was built for and how it compares.')
    .option('--output-dir <folder>', 'folder of the engines', enginesDir(env))
    .option('--json', 'for programs', false)
    .action(async (given: { outputDir: string; json: boolean }) => finish(await listEngines(given, terminal)))

  output(
    engines
      .command('check')
      .description('Whether each engine fits this pack, GPU and TensorRT; ends with 1 when one does not.')
      .option('--pack <folder>', 'a SAM3 pack', env['FLEET_MODEL_PACK']),
  ).action(async (given: CheckFlags) =>
    finish(
      await checkPackEngines(
        { ...given, encoder: env['SAM3_ENCODER_ENGINE'], decoder: env['SAM3_DECODER_ENGINE'] },
        terminal,
      ),
    ),
  )
  return engines
}

interface CheckFlags {
  pack?: string
  outputDir: string
  libraryDir?: string
  device: number
}

interface BuildFlags extends CheckFlags {
  checkpoint?: string
  reference?: string
  precision: Sam3Precision
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('must be a whole number')
}
