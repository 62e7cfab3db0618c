// What the kernel tells of a board in /sys and /proc: thermal zones with their trip points, INA3221 power monitors, the
// load of Jetson's GPU, over-current counters, memory. Reads files only, as any user may.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EMPTY_READING, type BoardReader, type BoardReading } from './board.ts'

/** Where Jetson's GPU tells its load, in thousandths: JetPack 6, then before. */
const GPU_LOAD_FILES = [
  'sys/devices/platform/bus@0/17000000.gpu/load',
  'sys/devices/platform/17000000.gpu/load',
  'sys/devices/platform/gpu.0/load',
  'sys/devices/gpu.0/load',
]
const MILLI = 1_000
/** Entries of one folder of the kernel that are looked at; boards have ten to thirty. */
const ENTRIES_MAX = 64
/** Channels of one power monitor: an INA3221 has three. */
const CHANNELS = [1, 2, 3]
const TRIPS_MAX = 12
/** Laptops call lower points passive too: those are of comfort, not of the chip. */
const THROTTLE_MIN_C = 75
const TEMPERATURE_MIN_C = -40
const TEMPERATURE_MAX_C = 150

/** @param root `/`, or a folder that holds `sys` and `proc` */
export function createSysfsBoard(root = '/'): BoardReader {
  const at = (...parts: string[]): string => join(root, ...parts)
  let cpuBefore: CpuTimes | null = null

  async function readCpuLoad(): Promise<number | null> {
    const now = cpuTimesOf(await text(at('proc/stat')))
    const before = cpuBefore
    cpuBefore = now
    if (!now || !before || now.total <= before.total) return null
    return 1 - (now.idle - before.idle) / (now.total - before.total)
  }

  return {
    async read() {
      const [thermal, power, gpuLoad, cpuLoad, memory] = await Promise.all([
        readThermal(at('sys/class/thermal')),
        readPower(at('sys/class/hwmon')),
        readGpuLoad(GPU_LOAD_FILES.map((file) => at(file))),
        readCpuLoad(),
        readMemory(at('proc/meminfo')),
      ])
      return { ...EMPTY_READING, ...thermal, ...power, gpuLoad, cpuLoad, ...memory }
    },
  }
}

async function readThermal(folder: string): Promise<Pick<BoardReading, 'temperaturesC' | 'throttleAtC'>> {
  const zones = (await entries(folder)).filter((name) => name.startsWith('thermal_zone'))
  const read = await Promise.all(
    zones.map(async (zone) => ({
      name: (await text(join(folder, zone, 'type'))).replace(/-?thermal$/i, '') || zone,
      c: await milli(join(folder, zone, 'temp')),
      throttleC: await passiveTrip(join(folder, zone)),
    })),
  )
  const on = read.filter(({ c }) => c !== null && c > TEMPERATURE_MIN_C && c < TEMPERATURE_MAX_C)
  return {
    // Zones may share a name: the hottest of them is what matters, and of limits the lowest.
    temperaturesC: byName(on, ({ c }) => c, Math.max),
    throttleAtC: byName(on, ({ throttleC }) => throttleC, Math.min),
  }
}

function byName<Zone extends { name: string }>(
  zones: readonly Zone[],
  valueOf: (zone: Zone) => number | null,
  of: (...values: number[]) => number,
): Record<string, number> {
  const values = new Map<string, number>()
  for (const zone of zones) {
    const value = valueOf(zone)
    if (value !== null) values.set(zone.name, of(value, values.get(zone.name) ?? value))
  }
  return Object.fromEntries(values)
}

/** Where the kernel begins to slow down; what it does at "active" trips is to turn a fan. */
async function passiveTrip(zone: string): Promise<number | null> {
  const trips = await Promise.all(
    Array.from({ length: TRIPS_MAX }, async (_, n) => {
      if ((await text(join(zone, `trip_point_${n}_type`))) !== 'passive') return null
      return milli(join(zone, `trip_point_${n}_temp`))
    }),
  )
  const real = trips.filter((c) => c !== null && c >= THROTTLE_MIN_C)
  return real.length > 0 ? Math.min(...(real as number[])) : null
}

async function readPower(folder: string): Promise<Pick<BoardReading, 'railsMw' | 'overCurrentEvents'>> {
  const railsMw: Record<string, number> = {}
  let overCurrentEvents: number | null = null
  for (const monitor of await entries(folder)) {
    const dir = join(folder, monitor)
    const name = await text(join(dir, 'name'))
    if (name === 'ina3221') Object.assign(railsMw, await readRails(dir))
    if (name !== 'soctherm_oc') continue
    const counters = (await entries(dir)).filter((file) => /^oc\d+_event_cnt$/.test(file))
    const counts = await Promise.all(counters.map(async (file) => (await number(join(dir, file))) ?? 0))
    overCurrentEvents = (overCurrentEvents ?? 0) + counts.reduce((sum, count) => sum + count, 0)
  }
  return { railsMw, overCurrentEvents }
}

/** Volts times amperes of each channel that has a name. */
async function readRails(dir: string): Promise<Record<string, number>> {
  const rails: Record<string, number> = {}
  for (const channel of CHANNELS) {
    const name = await text(join(dir, `in${channel}_label`))
    const millivolts = await number(join(dir, `in${channel}_input`))
    const milliamperes = await number(join(dir, `curr${channel}_input`))
    if (name !== '' && name !== 'NC' && millivolts !== null && milliamperes !== null)
      rails[name] = Math.round((millivolts * milliamperes) / MILLI)
  }
  return rails
}

async function readGpuLoad(files: readonly string[]): Promise<number | null> {
  for (const file of files) {
    const thousandths = await number(file)
    if (thousandths !== null) return thousandths / MILLI
  }
  return null
}

async function readMemory(file: string): Promise<Pick<BoardReading, 'memoryUsedBytes' | 'memoryTotalBytes'>> {
  const content = await text(file)
  const kilobytes = (name: string): number | null => {
    const match = new RegExp(String.raw`^${name}:\s+(\d+) kB`, 'm').exec(content)
    return match ? Number(match[1]) * 1024 : null
  }
  const total = kilobytes('MemTotal')
  const available = kilobytes('MemAvailable')
  return {
    memoryTotalBytes: total,
    memoryUsedBytes: total === null || available === null ? null : total - available,
  }
}

interface CpuTimes {
  total: number
  idle: number
}

/** The first line of /proc/stat: user, nice, system, idle, iowait and more, since the start. */
function cpuTimesOf(content: string): CpuTimes | null {
  const times = /^cpu +([\d ]+)$/m.exec(content)?.[1]?.trim().split(/ +/).map(Number)
  if (!times || times.length < 5) return null
  return { total: times.reduce((sum, one) => sum + one, 0), idle: (times[3] ?? 0) + (times[4] ?? 0) }
}

async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim()
}

async function number(path: string): Promise<number | null> {
  const content = await text(path)
  return /^-?\d+$/.test(content) ? Number(content) : null
}

async function milli(path: string): Promise<number | null> {
  const value = await number(path)
  return value === null ? null : value / MILLI
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).slice(0, ENTRIES_MAX)
}
