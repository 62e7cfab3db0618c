// What nvinfer needs to know of a pack's detector, in its own file format: generated from pack.json, never written by hand.
import type { NanodetPart } from '@sam3-fleet/models/pack/pack-manifest'

export interface NvinferConfigOptions {
  part: NanodetPart
  /** Absolute paths: nvinfer takes relative ones from its file's own folder. */
  onnxPath: string
  enginePath: string
  labelsPath: string
  /** The library of `packages/gst-native` that reads the detector's outputs. */
  parserPath: string
  batchSize: number
  precision: 'fp32' | 'fp16' | 'int8'
}

/** As the plugin names them. */
const NETWORK_MODES = { fp32: 0, int8: 1, fp16: 2 } as const
/** 0: RGB, 1: BGR. */
const COLOUR_FORMATS = { bgr: 1 } as const
const DETECTOR_ID = 1
/** Overlapping boxes of one class are suppressed by the plugin, as our own way does. */
const CLUSTER_BY_NMS = 2
const KEPT_MAX = 200
/** What packages/gst-native exports. */
export const PARSER_FUNCTION = 'NvDsInferParseSam3Nanodet'

/** The file of `config-file-path`. */
export function nvinferConfig(options: NvinferConfigOptions): string {
  const { part, batchSize, precision } = options
  const { input, thresholds } = part
  const outputs = part.strides.flatMap((stride) =>
    [part.outputs.scores, part.outputs.distances].map((name) => name.replace('{stride}', String(stride))),
  )
  return render({
    property: {
      'gpu-id': 0,
      'onnx-file': options.onnxPath,
      'model-engine-file': options.enginePath,
      'labelfile-path': options.labelsPath,
      'batch-size': batchSize,
      'network-mode': NETWORK_MODES[precision],
      'network-type': 0,
      'process-mode': 1,
      'gie-unique-id': DETECTOR_ID,
      interval: 0,
      'num-detected-classes': part.labels.length,
      'infer-dims': `3;${input.height};${input.width}`,
      'model-color-format': COLOUR_FORMATS[input.channels],
      'net-scale-factor': netScale(input.std).factor,
      offsets: input.mean.join(';'),
      'maintain-aspect-ratio': 1,
      'symmetric-padding': 1,
      'output-blob-names': outputs.join(';'),
      'parse-bbox-func-name': PARSER_FUNCTION,
      'custom-lib-path': options.parserPath,
      'cluster-mode': CLUSTER_BY_NMS,
    },
    'class-attrs-all': {
      'pre-cluster-threshold': thresholds.low,
      'nms-iou-threshold': thresholds.nms,
      topk: KEPT_MAX,
    },
  })
}

/**
 * nvinfer knows one factor for all channels, `(value - offset) * factor`, where a pack has one per channel: the mean of
 * them, and by how much the worst channel is off.
 */
export function netScale(std: readonly number[]): { factor: number; worstError: number } {
  const mean = std.reduce((sum, one) => sum + one, 0) / std.length
  return { factor: 1 / mean, worstError: Math.max(...std.map((one) => Math.abs(one / mean - 1))) }
}

/** The file of `labelfile-path`: one name a line, in the order of the classes. */
export function labelsFile({ labels }: NanodetPart): string {
  return `${labels.map((label) => label.replaceAll(/[\r\n]+/g, ' ')).join('\n')}\n`
}

function render(groups: Readonly<Record<string, Readonly<Record<string, string | number>>>>): string {
  return Object.entries(groups)
    .map(([group, keys]) =>
      [
        `[${group}]`,
        ...Object.entries(keys).map(([key, value]) => `${key}=${oneLine(String(value))}`),
        '',
      ].join('\n'),
    )
    .join('\n')
}

/** A value ends with its line: one with a line break would be a setting of its own. @throws RangeError for such a one. */
function oneLine(value: string): string {
  if (/[\r\n]/.test(value)) throw new RangeError('a value of a configuration file has a line break')
  return value
}
