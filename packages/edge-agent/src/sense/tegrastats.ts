// One line of NVIDIA's tegrastats in, a reading out. Its words changed with every JetPack: what is known is taken, the
// rest is passed over, and a sensor that is switched off (-256C) is none.
import type { BoardReading } from './board.ts'

/** Sensors that are off, or tell what cannot be: the PMIC's always says 100C. */
const TEMPERATURE_MIN_C = -40
const TEMPERATURE_MAX_C = 150
const NOT_A_SENSOR = new Set(['PMIC'])
const BYTES_PER_MB = 1024 * 1024
/** Characters of one line at most: a Thor's has some 700. */
const LINE_MAX = 4_096

/** What a line tells; null when it is no line of tegrastats. */
export function parseTegrastats(
  line: string,
): Omit<BoardReading, 'throttleAtC' | 'overCurrentEvents'> | null {
  const text = line.slice(0, LINE_MAX)
  const memory = /\bRAM (\d+)\/(\d+)MB/.exec(text)
  if (!memory) return null
  return {
    temperaturesC: temperaturesOf(text),
    railsMw: railsOf(text),
    gpuLoad: percentOf(/\bGR3D_FREQ (\d+)%/.exec(text)),
    cpuLoad: cpuLoadOf(text),
    memoryBusLoad: percentOf(/\bEMC_FREQ (\d+)%/.exec(text)),
    memoryUsedBytes: Number(memory[1]) * BYTES_PER_MB,
    memoryTotalBytes: Number(memory[2]) * BYTES_PER_MB,
  }
}

function temperaturesOf(text: string): Record<string, number> {
  const temperatures: Record<string, number> = {}
  for (const [, name = '', degrees] of text.matchAll(/(?:^|\s)([A-Za-z]\w*)@(-?\d+(?:\.\d+)?)C(?=\s|$)/g)) {
    const c = Number(degrees)
    if (c > TEMPERATURE_MIN_C && c < TEMPERATURE_MAX_C && !NOT_A_SENSOR.has(name)) temperatures[name] = c
  }
  return temperatures
}

/** `VDD_CPU_CV 791mW/791mW` since JetPack 5, `CPU 155/155` before: now and the mean, in milliwatts. */
function railsOf(text: string): Record<string, number> {
  const rails: Record<string, number> = {}
  for (const [, name = '', now] of text.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*) (\d+)mW\/\d+mW(?=\s|$)/g))
    rails[name] = Number(now)
  if (Object.keys(rails).length > 0) return rails
  for (const [, name = '', now] of text.matchAll(/(?:^|\s)([A-Z][A-Z0-9_]*) (\d+)\/\d+(?=\s|$)/g))
    rails[name] = Number(now)
  return rails
}

/** Mean over all cores, those that are off as idle: `CPU [2%@729,off,...]`. */
function cpuLoadOf(text: string): number | null {
  const cores = /\bCPU \[([^\]]*)\]/.exec(text)?.[1]?.split(',')
  if (!cores) return null
  const loads = cores.map((core) => Number(/^(\d+)%/.exec(core.trim())?.[1] ?? 0))
  return loads.reduce((sum, load) => sum + load, 0) / loads.length / 100
}

function percentOf(match: RegExpExecArray | null): number | null {
  return match ? Number(match[1]) / 100 : null
}
