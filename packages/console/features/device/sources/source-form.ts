// What a person typed about a source in, what the device is asked for out, or an error at each field.
import { sourceInputSchema, type SourceInput } from '@sam3-fleet/shared/protocol/command'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'

export interface SourceDraft {
  name: string
  uri: string
  /** Separated by commas. */
  prompts: string
  detectFps: string
  /** `auto`: as the device does for a source of its kind. */
  motionGate: 'auto' | 'on' | 'off'
  enabled: boolean
}

export type SourceField = 'name' | 'uri' | 'prompts' | 'detectFps'
export type SourceReading = { source: SourceInput; errors: null } | { source: null; errors: Set<SourceField> }

const FIELDS: readonly SourceField[] = ['name', 'uri', 'prompts', 'detectFps']

export function draftOf(source: SourceRecord | null): SourceDraft {
  return {
    name: source?.name ?? '',
    uri: source?.uri ?? '',
    prompts: source?.prompts.join(', ') ?? '',
    detectFps: String(source?.detectFps ?? 5),
    motionGate: typeof source?.motionGate !== 'boolean' ? 'auto' : source.motionGate ? 'on' : 'off',
    enabled: source?.enabled ?? true,
  }
}

export function readDraft(draft: SourceDraft, id: string | null): SourceReading {
  const parsed = sourceInputSchema.safeParse({
    ...(id === null ? {} : { id }),
    name: draft.name.trim(),
    uri: draft.uri.trim(),
    prompts: draft.prompts
      .split(',')
      .map((prompt) => prompt.trim())
      .filter((prompt) => prompt !== ''),
    detectFps: draft.detectFps.trim() === '' ? Number.NaN : Number(draft.detectFps.replace(',', '.')),
    motionGate: draft.motionGate === 'auto' ? null : draft.motionGate === 'on',
    enabled: draft.enabled,
  })
  if (parsed.success) return { source: parsed.data, errors: null }
  const named = new Set(parsed.error.issues.map(({ path }) => path[0]))
  return { source: null, errors: new Set(FIELDS.filter((field) => named.has(field))) }
}
