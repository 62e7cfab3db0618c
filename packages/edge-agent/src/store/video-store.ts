// Contract: recordings of sources, each with its origin in time.
export interface VideoRecord {
  id: string
  sourceId: string
  path: string | null
  sha256: string | null
  width: number | null
  height: number | null
  durationMs: number | null
  timeOrigin: 'recorded_at' | 'container' | 'ingest' | 'live'
  /** Unix ms of pts 0. */
  originMs: number
  framesDone: number
  finished: boolean
}

export interface VideoStore {
  openVideo(video: Omit<VideoRecord, 'framesDone' | 'finished'>): VideoRecord
  video(id: string): VideoRecord | null
  /** The unfinished recording of a file source, so that a restart goes on instead of beginning again. */
  unfinishedVideo(sourceId: string, path: string): VideoRecord | null
  /** Whether this very content of a source was worked through already (watched folders). */
  finishedVideo(sourceId: string, sha256: string): boolean
  /** What probing the file told: size, duration and, when the container says so, the time of pts 0. */
  describeVideo(
    id: string,
    facts: Partial<Pick<VideoRecord, 'width' | 'height' | 'durationMs' | 'timeOrigin' | 'originMs'>>,
  ): void
}
