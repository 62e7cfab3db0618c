// Which demuxer reads a file, by what its first bytes say; everything that is not accepted is refused here.
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import { ACCEPTED_FILES, demuxerOf, sniffFile } from './sniff-media.ts'

/** @throws FleetError SOURCE_UNAVAILABLE when it cannot be read, UNSUPPORTED_MEDIA when it is nothing that is accepted. */
export async function fileDemuxer(path: string): Promise<string> {
  const sniffed = await sniffFile(path).catch((cause: unknown) => {
    throw new FleetError('SOURCE_UNAVAILABLE', 'the file cannot be read', {
      hint: 'Check that the path exists on this device and that the agent may read it.',
      cause,
    })
  })
  const demuxer = demuxerOf(sniffed)
  if (demuxer !== null) return demuxer
  throw new FleetError('UNSUPPORTED_MEDIA', 'the file is no video or picture that is accepted', {
    hint: ACCEPTED_FILES,
  })
}
