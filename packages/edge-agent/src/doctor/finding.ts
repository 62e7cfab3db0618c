// Contract of a check: it looks at one thing and says in words what it found; what is not well says what to do.

export const SEVERITIES = ['ok', 'warning', 'failure'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Finding {
  /** Stable, for programs. */
  id: string
  severity: Severity
  /** One sentence, for people. */
  detail: string
  /** What to do; null where nothing is to be done. */
  todo: string | null
}

/** Never throws for what it looks at: what cannot be looked at is a finding too. */
export type Check = () => Promise<Finding[]>

export function ok(id: string, detail: string): Finding {
  return { id, severity: 'ok', detail, todo: null }
}

export function warning(id: string, detail: string, todo: string): Finding {
  return { id, severity: 'warning', detail, todo }
}

export function failure(id: string, detail: string, todo: string): Finding {
  return { id, severity: 'failure', detail, todo }
}

/** The severity of the whole: that of its worst finding. */
export function worstOf(findings: readonly Finding[]): Severity {
  const worst = Math.max(0, ...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))
  return SEVERITIES[worst] ?? 'failure'
}
