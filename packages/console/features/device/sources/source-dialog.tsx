'use client'
// The form for a source: checked at each field when it is sent, and again by the device.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState, type FormEvent } from 'react'
import { Checkbox } from 'react-aria-components'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { Modal } from '../../../ui/modal.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { draftOf, readDraft, type SourceDraft, type SourceField } from './source-form.ts'

export interface SourceDialogProps {
  device: { deviceId: string; name: string }
  /** Null to add one. */
  source: SourceRecord | null
  onClose: () => void
}

export function SourceDialog({ device, source, onClose }: SourceDialogProps) {
  const t = useTranslations('device.form')
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(source))
  const [errors, setErrors] = useState<ReadonlySet<SourceField>>(new Set())
  const save = useMutation(
    trpc.sources.upsert.mutationOptions({
      onSuccess: async () => {
        onClose()
        await queryClient.invalidateQueries(trpc.sources.list.queryFilter({ deviceId: device.deviceId }))
      },
    }),
  )
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const read = readDraft(draft, source?.id ?? null)
    setErrors(read.errors ?? new Set())
    if (read.source) save.mutate({ deviceId: device.deviceId, source: read.source })
    // The first field that is wrong, once it is marked so.
    else requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const field = (name: SourceField) => ({
    name,
    label: t(name === 'detectFps' ? 'fps' : name),
    value: draft[name],
    onChange: (value: string) => setDraft((before: SourceDraft) => ({ ...before, [name]: value })),
    error: errors.has(name) ? t(`errors.${name}`) : undefined,
  })
  return (
    <Modal
      isOpen
      onClose={onClose}
      title={source ? t('editTitle', { name: source.name }) : t('addTitle', { device: device.name })}
    >
      <form noValidate onSubmit={submit} className="grid gap-4">
        <TextField {...field('name')} help={t('nameHelp')} autoFocus />
        <TextField {...field('uri')} help={source ? t('uriKeep') : t('uriHelp')} />
        <TextField {...field('prompts')} help={t('promptsHelp')} />
        <TextField {...field('detectFps')} help={t('fpsHelp')} inputMode="decimal" />
        <SelectField
          name="motionGate"
          label={t('motionGate')}
          help={t('motionGateHelp')}
          value={draft.motionGate}
          choices={(['auto', 'on', 'off'] as const).map((value) => ({
            value,
            label: t(`motionGates.${value}`),
          }))}
          onChange={(motionGate) => setDraft({ ...draft, motionGate })}
        />
        <Checkbox
          isSelected={draft.enabled}
          onChange={(enabled) => setDraft({ ...draft, enabled })}
          className="group flex items-center gap-2"
        >
          <span
            aria-hidden
            className="flex size-4 items-center justify-center rounded-sm border border-edge text-xs text-on-accent group-data-focus-visible:outline-2 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent"
          >
            {draft.enabled ? '✓' : ''}
          </span>
          {t('enabled')}
        </Checkbox>
        {save.isError ? <FailureNotice what={t('failed')} failure={readFailure(save.error)} /> : null}
        <div className="flex gap-2">
          <Button type="submit" look="primary" isDisabled={save.isPending}>
            {save.isPending ? t('saving') : t('save')}
          </Button>
          <Button look="quiet" onPress={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
