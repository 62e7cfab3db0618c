// What a command writes to and how it ends; tests give one that remembers.

export interface Terminal {
  /** One line of the result, for people and programs. */
  result(line: string): void
  /** One line about what is going on or went wrong. */
  note(line: string): void
}

export const EXIT = {
  ok: 0,
  /** It ran and the answer is no: a pack is damaged, a host refused. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** Of a check: something should be looked at. */
  warnings: 3,
  /** Of a check: something does not work. */
  failures: 4,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
