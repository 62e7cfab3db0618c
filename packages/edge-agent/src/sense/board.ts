// Contract: what the board says of itself. Everything is optional: a laptop has temperatures and memory, a Jetson also
// power rails and engines.

export interface BoardReading {
  /** Sensors that are on, by name, in degrees Celsius. */
  temperaturesC: Readonly<Record<string, number>>
  /** Degrees Celsius at which the kernel begins to slow down what a sensor watches, for those of which it says so. */
  throttleAtC: Readonly<Record<string, number>>
  /** Milliwatts of each power rail now. */
  railsMw: Readonly<Record<string, number>>
  /** 0..1; null when not known. */
  gpuLoad: number | null
  cpuLoad: number | null
  /** Of the memory's bandwidth. */
  memoryBusLoad: number | null
  memoryUsedBytes: number | null
  memoryTotalBytes: number | null
  /** Times since the start of the board that it drew more current than it may; null when it does not count them. */
  overCurrentEvents: number | null
}

export interface BoardReader {
  /** Never throws: what cannot be read is left out. */
  read(): Promise<BoardReading>
}

export const EMPTY_READING: BoardReading = {
  temperaturesC: {},
  throttleAtC: {},
  railsMw: {},
  gpuLoad: null,
  cpuLoad: null,
  memoryBusLoad: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  overCurrentEvents: null,
}
