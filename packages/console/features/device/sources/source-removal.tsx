'use client'
// Asks once before a source is removed, and says what stays.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { SourceRecord } from '@sam3-fleet/shared/domain/source'
import { useTRPC } from '../../../trpc/client.tsx'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { Modal } from '../../../ui/modal.tsx'

export interface SourceRemovalProps {
  deviceId: string
  source: SourceRecord
  onClose: () => void
}

export function SourceRemoval({ deviceId, source, onClose }: SourceRemovalProps) {
  const t = useTranslations('device.removal')
  const f = useTranslations('device.form')
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const remove = useMutation(
    trpc.sources.remove.mutationOptions({
      onSuccess: async () => {
        onClose()
        await queryClient.invalidateQueries(trpc.sources.list.queryFilter({ deviceId }))
      },
    }),
  )
  return (
    <Modal role="alertdialog" isOpen onClose={onClose} title={t('title', { name: source.name })}>
      <p className="text-muted">{t('why')}</p>
      {remove.isError ? <FailureNotice what={f('failed')} failure={readFailure(remove.error)} /> : null}
      <div className="mt-4 flex gap-2">
        <Button
          look="danger"
          isDisabled={remove.isPending}
          onPress={() => remove.mutate({ deviceId, id: source.id })}
        >
          {remove.isPending ? t('removing') : t('confirm')}
        </Button>
        <Button look="quiet" onPress={onClose} autoFocus>
          {t('cancel')}
        </Button>
      </div>
    </Modal>
  )
}
