// The one way a video becomes a job, from REST and from the centre alike: looked at, its prompt understood, queued.
import { rm } from 'node:fs/promises'
import type { JobRecord } from '@sam3-fleet/shared/domain/job'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { PromptInterpreter } from '@sam3-fleet/models/prompt/prompt-interpreter'
import { ACCEPTED_FILES, demuxerOf, sniffFile } from '../capture/sniff-media.ts'
import { interpretPrompts } from '../sources/interpret-prompts.ts'
import type { JobStore } from '../store/job-store.ts'

export interface UploadedVideo {
  path: string
  sha256: string
  fileName: string
  textPrompt: string | null
  /** Null: the pack's own threshold. */
  confidenceThreshold: number | null
  recordedAtMs: number | null
  idempotencyKey: string | null
}

export interface JobIntake {
  /**
   * Queues a job. When it is refused, or the key names a job that is there already, the file is removed.
   * @throws FleetError UNSUPPORTED_MEDIA, PROMPT_NOT_SUPPORTED
   */
  accept(upload: UploadedVideo): Promise<{ job: JobRecord; created: boolean }>
}

export function createJobIntake(deps: {
  jobs: JobStore
  interpreter: PromptInterpreter
  labels: readonly string[]
  defaultThreshold: number
}): JobIntake {
  return {
    async accept(upload) {
      try {
        if (demuxerOf(await sniffFile(upload.path)) === null) {
          throw new FleetError('UNSUPPORTED_MEDIA', 'the file is no video or picture that is accepted', {
            hint: ACCEPTED_FILES,
          })
        }
        const prompts = await interpretPrompts(upload.textPrompt === null ? [] : [upload.textPrompt], deps)
        const result = deps.jobs.createJob({
          fileName: upload.fileName,
          path: upload.path,
          sha256: upload.sha256,
          textPrompt: upload.textPrompt,
          interpretation: prompts?.[0]?.interpretation ?? null,
          confidenceThreshold: upload.confidenceThreshold ?? deps.defaultThreshold,
          recordedAtMs: upload.recordedAtMs,
          idempotencyKey: upload.idempotencyKey,
        })
        if (!result.created) await rm(upload.path, { force: true })
        return result
      } catch (error) {
        await rm(upload.path, { force: true })
        throw error
      }
    },
  }
}
