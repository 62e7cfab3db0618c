'use client'
// A video dropped here is searched by this device; says how the prompt was understood, or what the pack can see instead.
import { Film } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { DropZone, FileTrigger, Text } from 'react-aria-components'
import { formatBytes } from '../../../lib/quantity.ts'
import { readFailure } from '../../../trpc/failure.ts'
import { Button } from '../../../ui/button.tsx'
import { FailureNotice } from '../../../ui/failure-notice.tsx'
import { Section } from '../../../ui/heading.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { useUpload } from './use-upload.ts'

export interface UploadSectionProps {
  deviceId: string
  reachable: boolean
}

export function UploadSection({ deviceId, reachable }: UploadSectionProps) {
  const t = useTranslations('device.upload')
  const upload = useUpload(deviceId)
  const [file, setFile] = useState<File | null>(null)
  const [prompt, setPrompt] = useState('')
  const choose = (chosen: File | undefined): void => {
    if (!chosen) return
    setFile(chosen)
    upload.reset()
  }
  return (
    <Section title={t('title')} id="upload">
      <DropZone
        aria-label={t('drop')}
        isDisabled={upload.isPending}
        onDrop={({ items }) => {
          const dropped = items.find((item) => item.kind === 'file')
          if (dropped) void dropped.getFile().then(choose)
        }}
        className="my-3 flex min-h-24 flex-col items-center justify-center gap-2 rounded-md border border-dashed border-edge p-3 text-center data-drop-target:border-accent data-drop-target:bg-accent-ground"
      >
        <Text slot="label" className="flex items-center gap-2 break-all">
          <Film aria-hidden size={15} className="shrink-0 text-muted" />
          {file ? t('chosen', { name: file.name, size: formatBytes(file.size) }) : t('drop')}
        </Text>
        <FileTrigger
          acceptedFileTypes={['video/*', 'image/*', '.mkv', '.avi', '.flv']}
          onSelect={(files) => choose(files?.[0])}
        >
          <Button look="quiet" isDisabled={upload.isPending}>
            {file ? t('another') : t('choose')}
          </Button>
        </FileTrigger>
      </DropZone>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (file) upload.mutate({ file, prompt })
        }}
      >
        <TextField
          label={t('prompt')}
          help={t('promptHelp')}
          value={prompt}
          onChange={setPrompt}
          maxLength={400}
          isDisabled={upload.isPending}
        />
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" isDisabled={file === null || upload.isPending || !reachable}>
            {upload.isPending && upload.share === 1 ? t('giving') : t('start')}
          </Button>
          {upload.isPending && upload.share < 1 ? (
            <>
              <span className="grow">
                <Progress share={upload.share} label={t('uploading')} />
              </span>
              <Button look="quiet" onPress={upload.stop}>
                {t('stop')}
              </Button>
            </>
          ) : null}
          {reachable ? null : <span className="text-muted">{t('offline')}</span>}
        </div>
      </form>
      <div role="status">
        {upload.data ? (
          <Notice title={t('accepted', { file: upload.data.job.fileName })}>
            {upload.data.job.interpretation
              ? t('understood', { summary: upload.data.job.interpretation.summary })
              : null}
          </Notice>
        ) : null}
        {upload.error instanceof DOMException ? <Notice title={t('stopped')} /> : null}
      </div>
      {upload.isError && !(upload.error instanceof DOMException) ? (
        <FailureNotice what={t('failed')} failure={readFailure(upload.error)} />
      ) : null}
    </Section>
  )
}
