'use client'
// A video and a prompt: first to the centre, then as a job to the device; one step at a time, each of which can fail.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { DeviceJob } from '@sam3-fleet/shared/fleet/device-jobs'
import { useTRPC, useTRPCClient } from '../../../trpc/client.tsx'
import { sendUpload } from './send-upload.ts'

export interface UploadRequest {
  file: File
  /** Empty: everything that the pack can see. */
  prompt: string
}

export function useUpload(deviceId: string) {
  const trpc = useTRPC()
  const client = useTRPCClient()
  const queryClient = useQueryClient()
  const [share, setShare] = useState(0)
  const running = useRef<AbortController | null>(null)
  // The same file with another prompt needs no second upload.
  const sent = useRef<{ file: File; uploadId: string } | null>(null)

  const mutation = useMutation({
    mutationFn: async ({ file, prompt }: UploadRequest): Promise<DeviceJob> => {
      const abort = new AbortController()
      running.current = abort
      setShare(0)
      if (sent.current?.file !== file) {
        const { uploadId } = await sendUpload({
          deviceId,
          file,
          onProgress: setShare,
          signal: abort.signal,
        })
        sent.current = { file, uploadId }
      }
      setShare(1)
      const { uploadId } = sent.current
      const textPrompt = prompt.trim() === '' ? null : prompt.trim()
      return await client.jobs.create.mutate({ deviceId, uploadId, textPrompt })
    },
    onSuccess: () => queryClient.invalidateQueries(trpc.jobs.list.queryFilter({ deviceId })),
  })
  return { ...mutation, share, stop: () => running.current?.abort() }
}
