// A SAM3 checkpoint to a pack, by tools/sam3-export in Python: the one step that needs PyTorch.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { Terminal } from '../terminal.ts'

/** The same from sources and from a build. */
const EXPORTER = fileURLToPath(new URL('../../../../tools/sam3-export/export.py', import.meta.url))

export interface ExportOptions {
  /** A folder, or a `.pt` file. */
  checkpoint: string
  into: string
  dtype: 'fp16' | 'fp32'
  env: Record<string, string | undefined>
  signal: AbortSignal
}

/** @throws FleetError UNAVAILABLE without Python, PACK_INVALID when the exporter fails, CANCELLED. */
export async function exportCheckpoint(options: ExportOptions, terminal: Terminal): Promise<void> {
  const { checkpoint, into, dtype, env, signal } = options
  const python = env['FLEET_PYTHON'] ?? 'python3'
  terminal.note(`exporting ${checkpoint} in ${dtype}`)
  const exporter = spawn(python, [EXPORTER, '--checkpoint', checkpoint, '--out', into, '--dtype', dtype], {
    // What it says is progress: results are only what this command prints.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env },
  })
  const stop = (): void => void exporter.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  for (const stream of [exporter.stdout, exporter.stderr])
    createInterface({ input: stream }).on('line', (line) => terminal.note(`  ${line}`))
  try {
    const [code] = (await once(exporter, 'close').catch((cause: unknown) => {
      throw new FleetError('UNAVAILABLE', `${python} cannot be started`, {
        hint: 'Install Python 3 with the packages of tools/sam3-export/requirements.txt, or name it in FLEET_PYTHON.',
        cause,
      })
    })) as [number | null]
    if (signal.aborted) throw new FleetError('CANCELLED', 'the export was cancelled')
    if (code === 0) return
    throw new FleetError('PACK_INVALID', `the checkpoint could not be exported (status ${code})`, {
      hint: 'The lines above say why; tools/sam3-export/README.md says what it needs.',
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
