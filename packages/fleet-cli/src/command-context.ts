// What every command of `fleet` gets: where it reads settings, writes lines, hears of Ctrl-C and leaves its exit code.
import type { ExitCode, Terminal } from './terminal.ts'

export interface CommandContext {
  env: Record<string, string | undefined>
  terminal: Terminal
  /** Fires when the person at the terminal wants it to end. */
  signal: AbortSignal
  finish(code: ExitCode): void
}
