'use client'
// One source: its present picture, what it is, what it looks for, how it goes.
import { Pencil, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { SourceRecord, SourceState } from '@sam3-fleet/shared/domain/source'
import type { DeviceStatus } from '@sam3-fleet/shared/fleet/device-status'
import { Button } from '../../../ui/button.tsx'
import { Age } from '../../../ui/instant.tsx'
import { StateMark, type Mark } from '../../../ui/state-mark.tsx'
import { SourcePreview } from './source-preview.tsx'

const MARKS: Record<SourceState, Mark> = {
  idle: 'none',
  connecting: 'busy',
  running: 'good',
  reconnecting: 'warn',
  finished: 'none',
  failed: 'bad',
  disabled: 'none',
}

export interface SourceRowProps {
  deviceId: string
  source: SourceRecord
  /** As the device's last status has it; null when it says nothing of this source. */
  live: DeviceStatus['sources'][number] | null
  reachable: boolean
  onEdit: () => void
  onRemove: () => void
}

export function SourceRow({ deviceId, source, live, reachable, onEdit, onRemove }: SourceRowProps) {
  const t = useTranslations('device.sources')
  const state = live?.state ?? source.state
  const detail = live?.stateDetail || source.stateDetail
  return (
    <li className="flex flex-wrap gap-x-4 gap-y-2 border-b py-3 sm:flex-nowrap">
      <SourcePreview deviceId={deviceId} source={source} reachable={reachable && source.enabled} />
      <div className="min-w-0 grow basis-60">
        <p className="flex flex-wrap items-center gap-x-3">
          <span className="font-medium">{source.name}</span>
          <StateMark mark={MARKS[state]}>{t(`states.${state}`)}</StateMark>
        </p>
        {detail ? <p className="text-muted">{detail}</p> : null}
        <p className="truncate font-mono text-xs text-muted" title={source.uri}>
          {source.uri}
        </p>
        <p className="text-muted">
          {t('fps', { fps: source.detectFps })}
          {source.prompts.length > 0 ? ` ${t('prompts', { prompts: source.prompts.join(', ') })}` : ''}
        </p>
        {live ? (
          <p className="text-muted">
            {live.lastFrameMs === null
              ? t('noFrame')
              : t.rich('lastFrame', { age: () => <Age at={live.lastFrameMs ?? 0} /> })}
          </p>
        ) : null}
      </div>
      <div className="flex shrink-0 items-start gap-1">
        <Button
          look="quiet"
          onPress={onEdit}
          isDisabled={!reachable}
          aria-label={t('editNamed', { name: source.name })}
        >
          <Pencil aria-hidden size={14} />
        </Button>
        <Button
          look="quiet"
          onPress={onRemove}
          isDisabled={!reachable}
          aria-label={t('removeNamed', { name: source.name })}
        >
          <Trash2 aria-hidden size={14} />
        </Button>
      </div>
    </li>
  )
}
