import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PACK_DIR, readManifest } from '@sam3-fleet/models/pack/load-pack'
import { nanodetBoxes } from '@sam3-fleet/models/detect/nanodet-postprocess'
import type { NanodetPart } from '@sam3-fleet/models/pack/pack-manifest'
import { captureGraph } from '../gst-graph.ts'
import { openGstreamer } from '../open-gstreamer.ts'
import { batchGraph, BATCH_SOURCES_MAX, type BatchGraph } from './batch-graph.ts'
import { nvdcfConfig, nvdcfSettings } from './nvdcf-config.ts'
import { labelsFile, netScale, nvinferConfig } from './nvinfer-config.ts'
import { ELEMENT_PROPERTIES, JETSON_PROPERTIES, NVDCF_SETTINGS, NVINFER_KEYS } from './testing/documented.ts'

const { detector } = await readManifest(DEFAULT_PACK_DIR)
if (detector?.kind !== 'nanodet') throw new Error('the default pack has a NanoDet')
const part: NanodetPart = detector

const KINDS = [
  { uri: 'rtsp://user:secret@10.0.0.7/a', kind: 'rtsp' },
  { uri: '/videos/a b#1.mp4', kind: 'file' },
  { uri: 'csi://0', kind: 'camera' },
  { uri: '/dev/video3', kind: 'camera' },
] as const

function graphOf(count: number, drawsBoxes = false): BatchGraph {
  return batchGraph({
    sources: Array.from({ length: count }, (_, n) => KINDS[n % KINDS.length] as (typeof KINDS)[number]),
    width: 1_280,
    height: 720,
    detectFps: 5,
    inferConfigPath: '/data/nvinfer.txt',
    trackerConfigPath: '/data/nvdcf.yml',
    trackerLibraryPath: '/lib/libnvds_nvmultiobjecttracker.so',
    drawsBoxes,
  })
}

describe("DeepStream's graph", () => {
  test('sets only properties that NVIDIA, or GStreamer itself, knows of each element', () => {
    const { installed } = openGstreamer()
    const documented: Readonly<Record<string, readonly string[]>> = {
      ...ELEMENT_PROPERTIES,
      ...JETSON_PROPERTIES,
    }
    for (const { factory, properties } of graphOf(8, true).elements) {
      const known = documented[factory]
      if (known) expect(known).toEqual(expect.arrayContaining(Object.keys(properties)))
      else expect(['queue', 'capsfilter', 'appsink', 'v4l2src']).toContain(factory)
    }
    // The same of the path without DeepStream, as a Jetson would build it.
    const jetson = new Set([...installed, 'nvv4l2decoder', 'nvvidconv', 'nvarguscamerasrc'])
    for (const source of KINDS) {
      const graph = captureGraph({
        source,
        format: source.kind === 'file' ? 'mov' : source.kind,
        path: 'nvidia',
        installed: jetson,
      })
      const all = [
        ...(graph?.source ?? []),
        ...(graph?.branches ?? []).flatMap(({ elements }) => elements),
        ...(graph?.tail ?? []),
      ]
      for (const { factory, properties } of all)
        if (JETSON_PROPERTIES[factory])
          expect(JETSON_PROPERTIES[factory]).toEqual(expect.arrayContaining(Object.keys(properties)))
      expect(all.map(({ factory }) => factory)).toContain('nvvidconv')
    }
  })

  test('is whole: every element is linked on both sides, every source has a place and an exit of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: BATCH_SOURCES_MAX }), fc.boolean(), (count, drawsBoxes) => {
        const { elements, links, sinks, probe } = graphOf(count, drawsBoxes)
        const names = elements.map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
        const ends = links.flatMap(({ from, to }) => [from, to])
        expect(new Set(ends).size).toBe(ends.length)
        const elementOf = (pad: string): string => pad.split('.')[0] ?? ''
        expect(new Set(ends.map(elementOf))).toEqual(new Set(names))
        expect(names).toContain(elementOf(probe))
        for (let n = 0; n < count; n++) {
          expect(links.filter(({ to }) => to === `mux.sink_${n}`)).toHaveLength(1)
          expect(links.filter(({ from }) => from === `demux.src_${n}`)).toHaveLength(1)
        }
        expect(sinks).toHaveLength(count)
        // From every source one way leads to the probe and on to as many exits.
        const reached = new Set<string>()
        const follow = (name: string): void => {
          if (reached.has(name)) return
          reached.add(name)
          for (const { from, to } of links) if (elementOf(from) === name) follow(elementOf(to))
        }
        follow('source_0')
        expect([...reached]).toEqual(expect.arrayContaining(['mux', 'infer', 'tracker', 'demux', ...sinks]))
      }),
    )
  })

  test('takes video from the pad that nvurisrcbin gives it', () => {
    const { links } = graphOf(4)
    const into = (n: number): string | undefined => links.find(({ to }) => to === `mux.sink_${n}`)?.from
    expect([0, 1, 2, 3].map(into)).toEqual([
      'source_0.vsrc_0',
      'source_1.vsrc_0',
      'source_2.src',
      'upload_caps_3.src',
    ])
  })

  test('names a file so that no character of its path is read as part of an address', () => {
    const [, file] = graphOf(2).elements.filter(({ name }) => name.startsWith('source_'))
    expect(file?.properties['uri']).toBe('file:///videos/a%20b%231.mp4')
  })

  test('refuses a batch that no board decodes', () => {
    expect(() => graphOf(0)).toThrow(RangeError)
    expect(() => graphOf(BATCH_SOURCES_MAX + 1)).toThrow(RangeError)
  })
})

describe("nvinfer's file", () => {
  const options = {
    part,
    onnxPath: '/packs/default/nanodet-g.onnx',
    enginePath: '/engines/nanodet-g.plan',
    labelsPath: '/data/labels.txt',
    parserPath: '/lib/libsam3_nanodet.so',
    batchSize: 4,
    precision: 'fp16' as const,
  }

  test('has only documented keys, in their groups, and says what the pack says', () => {
    const groups: Record<string, Record<string, string>> = {}
    let group = ''
    for (const line of nvinferConfig(options).split('\n').filter(Boolean)) {
      const heading = /^\[(.*)\]$/.exec(line)?.[1]
      if (heading !== undefined) groups[(group = heading)] = {}
      else (groups[group] ??= {})[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    }
    for (const [name, keys] of Object.entries(groups))
      expect(NVINFER_KEYS[name]).toEqual(expect.arrayContaining(Object.keys(keys)))
    expect(groups['property']).toMatchObject({
      'num-detected-classes': '80',
      'network-mode': '2',
      'infer-dims': '3;416;416',
      'model-color-format': '1',
      offsets: '103.53;116.28;123.675',
      'output-blob-names': 'scores_8;distances_8;scores_16;distances_16;scores_32;distances_32',
    })
    expect(groups['class-attrs-all']).toEqual({
      'pre-cluster-threshold': '0.1',
      'nms-iou-threshold': '0.5',
      topk: '200',
    })
    expect(labelsFile(part).trimEnd().split('\n')).toEqual(part.labels)
  })

  test('keeps the one factor that it knows within a few percent of the factor of each channel', () => {
    const { factor, worstError } = netScale(part.input.std)
    expect(factor).toBeCloseTo(1 / 57.63, 6)
    expect(worstError).toBeLessThan(0.015)
  })

  test('takes no path that would begin a setting of its own', () => {
    expect(() => nvinferConfig({ ...options, enginePath: '/a\ncustom-lib-path=/evil.so' })).toThrow(
      RangeError,
    )
  })
})

describe("NvDCF's file", () => {
  const options = { thresholds: { track: 0.35, low: 0.1 }, detectFps: 5, sources: 4 }

  test('has only documented settings, and keeps what is hidden for two seconds at any rate', () => {
    for (const [group, settings] of Object.entries(nvdcfSettings(options)))
      expect(NVDCF_SETTINGS[group]).toEqual(expect.arrayContaining(Object.keys(settings)))
    expect(nvdcfSettings(options)['TargetManagement']?.['maxShadowTrackingAge']).toBe(10)
    expect(nvdcfSettings({ ...options, detectFps: 30 })['TargetManagement']?.['maxShadowTrackingAge']).toBe(
      60,
    )
    expect(nvdcfConfig(options)).toMatch(/^%YAML:1\.0\nBaseConfig:\n {2}minDetectorConfidence: 0\.1\n/)
  })
})

describe('the reader that nvinfer loads for NanoDet', () => {
  const { addon } = openGstreamer()
  const side = fc.constantFrom(96, 160, 416)

  /** Outputs as a model would give them: mostly nothing, here and there something. */
  function outputs(width: number, height: number, seed: number): { name: string; data: Float32Array }[] {
    let state = seed >>> 0 || 1
    const random = (): number => (state = (state * 1_664_525 + 1_013_904_223) >>> 0) / 2 ** 32
    return part.strides.flatMap((stride) => {
      const cells = Math.ceil(width / stride) * Math.ceil(height / stride)
      const scores = Float32Array.from({ length: cells * part.labels.length }, () =>
        random() < 0.001 ? random() : 0,
      )
      const distances = Float32Array.from({ length: cells * 4 * part.distanceBins }, () => 6 * random() - 3)
      return [
        { name: `scores_${stride}`, data: scores },
        { name: `distances_${stride}`, data: distances },
      ]
    })
  }

  test('finds the boxes that our own reading of the outputs finds', () => {
    fc.assert(
      fc.property(side, side, fc.integer(), (width, height, seed) => {
        const layers = outputs(width, height, seed)
        const parsed = addon.parseNanodet({
          layers,
          width,
          height,
          thresholds: new Float32Array(part.labels.length).fill(0.3),
        })
        const expected = nanodetBoxes(
          Object.fromEntries(
            layers.map(({ name, data }) => [name, { type: 'float32', dims: [data.length], data }]),
          ),
          {
            // Suppression is nvinfer's: here everything stays.
            part: { ...part, thresholds: { ...part.thresholds, nms: 1 } },
            letterbox: { scale: 1, padX: 0, padY: 0 },
            inputWidth: width,
            picture: { width, height },
            minConfidence: Math.fround(0.3),
          },
        )
        const ours = expected.map(({ labelIndex, confidence, bbox }) => [labelIndex, confidence, ...bbox])
        const theirs = (parsed ?? []).map((box) => [
          box.classId,
          box.confidence,
          box.left / width,
          box.top / height,
          box.width / width,
          box.height / height,
        ])
        // Our own keeps the 200 surest.
        if (ours.length >= 200) {
          expect(theirs.length).toBeGreaterThanOrEqual(200)
          return
        }
        expect(theirs).toHaveLength(ours.length)
        for (const box of ours) {
          // One side works in single precision, the other in double.
          const same = theirs.findIndex((other) =>
            other.every((value, n) => Math.abs(value - (box[n] ?? NaN)) < 1e-3),
          )
          expect(same, `no box like ${box.join(' ')}`).not.toBe(-1)
          theirs.splice(same, 1)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('makes no box of what is no number', () => {
    const layers = outputs(160, 160, 7)
    const thresholds = new Float32Array(part.labels.length).fill(0.3)
    const parse = () => addon.parseNanodet({ layers, width: 160, height: 160, thresholds })
    expect(parse()?.length).toBeGreaterThan(0)
    for (const { name, data } of layers)
      if (name.startsWith('distances')) for (let n = 0; n < data.length; n += part.distanceBins) data[n] = NaN
    expect(parse()).toEqual([])
  })

  test('tells of no box when it refuses the outputs, whichever of them is wrong', () => {
    const layers = outputs(160, 160, 7)
    const thresholds = new Float32Array(part.labels.length).fill(0.3)
    for (const wrong of layers.keys()) {
      const damaged = layers.map(({ name, data }, n) => ({
        name,
        data: n === wrong ? data.subarray(1) : data,
      }))
      expect(addon.parseNanodet({ layers: damaged, width: 160, height: 160, thresholds })).toBeNull()
    }
  })

  test('refuses outputs of another size than its input asks for, instead of reading past them', () => {
    const layers = outputs(160, 160, 7)
    const thresholds = new Float32Array(part.labels.length).fill(0.3)
    expect(addon.parseNanodet({ layers, width: 416, height: 416, thresholds })).toBeNull()
    expect(addon.parseNanodet({ layers: layers.slice(1), width: 160, height: 160, thresholds })).toBeNull()
    expect(addon.parseNanodet({ layers: [], width: 160, height: 160, thresholds })).toBeNull()
    expect(addon.parseNanodet({ layers, width: 160, height: 160, thresholds })).not.toBeNull()
  })
})
