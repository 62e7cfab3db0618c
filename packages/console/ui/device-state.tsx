'use client'
// The state of a device as shape and word, the same on every page; why it is so on hover.
import { useTranslations } from 'next-intl'
import { StateMark, type Mark } from './state-mark.tsx'

export type DeviceStateName = 'online' | 'behind' | 'stale' | 'offline' | 'awaiting'

const MARKS: Record<DeviceStateName, Mark> = {
  online: 'good',
  behind: 'warn',
  stale: 'warn',
  offline: 'bad',
  awaiting: 'none',
}

export function DeviceState({ state, detail }: { state: DeviceStateName; detail: string }) {
  const t = useTranslations('states')
  return (
    <span title={detail}>
      <StateMark mark={MARKS[state]}>{t(state)}</StateMark>
    </span>
  )
}
