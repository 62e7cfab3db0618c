import { sourceInputSchema } from '@sam3-fleet/shared/protocol/command'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOf, readDraft } from './source-form.ts'

const draft = {
  name: ' Gate ',
  uri: 'rtsp://cam/1',
  prompts: 'person, , red car ',
  detectFps: '2,5',
  motionGate: 'auto',
  enabled: true,
} as const

describe('readDraft', () => {
  it('takes what a person means: spaces, empty parts and a decimal comma', () => {
    expect(readDraft(draft, null).source).toEqual({
      name: 'Gate',
      uri: 'rtsp://cam/1',
      prompts: ['person', 'red car'],
      detectFps: 2.5,
      motionGate: null,
      enabled: true,
    })
  })
  it('names every field that is wrong', () => {
    const { errors } = readDraft({ ...draft, name: ' ', uri: '', detectFps: 'fast' }, null)
    expect(errors).toEqual(new Set(['name', 'uri', 'detectFps']))
  })
  it('takes an empty rate for a mistake, not for zero', () => {
    expect(readDraft({ ...draft, detectFps: ' ' }, null).errors).toEqual(new Set(['detectFps']))
  })
  it('gives something the device takes, or an error at a field that a person sees', () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.string(),
          uri: fc.string(),
          prompts: fc.string(),
          detectFps: fc.oneof(fc.string(), fc.double().map(String)),
          motionGate: fc.constantFrom('auto', 'on', 'off'),
          enabled: fc.boolean(),
        }),
        (typed) => {
          const { source, errors } = readDraft(typed, null)
          if (source) expect(sourceInputSchema.safeParse(source).success).toBe(true)
          else expect(errors.size).toBeGreaterThan(0)
        },
      ),
    )
  })
})

describe('draftOf', () => {
  it('gives back the same source when nothing was typed', () => {
    const record = {
      id: '0190a000-0000-7000-8000-000000000001',
      version: 3,
      name: 'Gate',
      kind: 'rtsp',
      uri: 'rtsp://cam/1',
      prompts: ['person', 'red car'],
      detectFps: 5,
      motionGate: false,
      enabled: false,
      state: 'running',
      stateDetail: '',
    } as const
    const { id, name, uri, prompts, detectFps, motionGate, enabled } = record
    expect(readDraft(draftOf({ ...record, prompts: [...prompts] }), id).source).toEqual({
      id,
      name,
      uri,
      prompts,
      detectFps,
      motionGate,
      enabled,
    })
  })
})
