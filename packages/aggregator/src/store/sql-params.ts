// Numbers the parameters of a statement that is put together from parts.
import type { SqlValue } from '../database/database.ts'

export class SqlParams {
  readonly values: SqlValue[] = []

  /** Adds a value and returns its placeholder. */
  add(value: SqlValue): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}
