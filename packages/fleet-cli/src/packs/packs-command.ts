// The words of `fleet packs …`; what they do lies in the files beside this one.
import { Command } from 'commander'
import { DEFAULT_PACK_DIR } from '@sam3-fleet/models/pack/load-pack'
import { hubAccessFromEnv } from '@sam3-fleet/models/pack/pack-origin'
import type { CommandContext } from '../command-context.ts'
import { listPacks } from './list-packs.ts'
import { pulledPacksDir } from './packs-folder.ts'
import { pullOnePack } from './pull-packs.ts'
import { verifyPacks } from './verify-packs.ts'

export function createPacksCommand({ env, terminal, signal, finish }: CommandContext): Command {
  const packs = new Command('packs').description(
    'Model packs: what devices and the centre see and search with.',
  )
  const into = ['--into <folder>', 'folder of pulled packs', pulledPacksDir(env)] as const

  packs
    .command('list')
    .description('The packs of this machine, with what each can do.')
    .option(...into)
    .option('--json', 'for programs', false)
    .action(async (given: { into: string; json: boolean }) =>
      finish(await listPacks({ packsDir: given.into, json: given.json }, terminal)),
    )

  packs
    .command('verify')
    .description('Compares every file with its sha256 in pack.json; ends with 1 when one is wrong.')
    .argument('[folder...]', 'folders of packs', [DEFAULT_PACK_DIR])
    .action(async (dirs: string[]) => finish(await verifyPacks(dirs, terminal)))

  packs
    .command('pull')
    .description('Brings a pack, each file proved by its sha256; prints the folder it lies in.')
    .argument('<from>', 'a folder, the address of a pack.json, or hf:owner/name[@revision][:folder]')
    .option(...into)
    .addHelpText('after', '\nHF_TOKEN is sent to the hub for private packs; HF_ENDPOINT names another hub.')
    .action(async (from: string, given: { into: string }) =>
      finish(await pullOnePack(from, { packsDir: given.into, hub: hubAccessFromEnv(env), signal }, terminal)),
    )
  return packs
}
