// pack.json: what a model pack holds and how its parts are fed. The one description that every loader trusts.
import { z } from 'zod'
import { embeddingSpaceSchema } from '@sam3-fleet/shared/domain/embedding-space'
import { sha256Schema } from '@sam3-fleet/shared/domain/identity'

/** Path inside the pack: no absolute path, no way out of the folder. */
const filePathSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/,
    'a path inside the pack, without ".."',
  )
  .max(200)

const packFileSchema = z.object({
  path: filePathSchema,
  sha256: sha256Schema,
  bytes: z.number().int().positive(),
  licence: z.string().min(1),
  source: z.string().min(1),
  recipe: z.string().min(1),
})
export type PackFile = z.infer<typeof packFileSchema>

const triple = z.tuple([z.number(), z.number(), z.number()])
const unit = z.number().min(0).max(1)

const nanodetSchema = z
  .object({
    kind: z.literal('nanodet'),
    model: filePathSchema,
    input: z.object({
      name: z.string(),
      /** Of the largest input. */
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      /** Each side of an input is a multiple of this; as large as the input where the model takes one size only. */
      multipleOf: z.number().int().positive(),
      /** Of the larger square input at which a picture, which has no rate to keep, is looked at a second time. */
      secondSide: z.number().int().positive().optional(),
      padValue: z.number().int().min(0).max(255),
      channels: z.literal('bgr'),
      mean: triple,
      std: triple,
    }),
    strides: z.array(z.number().int().positive()).min(1),
    distanceBins: z.number().int().min(2),
    outputs: z.object({ scores: z.string(), distances: z.string() }),
    thresholds: z.object({
      /** Confidence that starts a track. */
      track: unit,
      /** Weakest box that may continue one. */
      low: unit,
      /** Overlap (IoU) above which the weaker of two boxes of one class goes. */
      nms: unit,
    }),
    labels: z.array(z.string().max(80)).min(1),
  })
  .refine(
    ({ input: { width, height, multipleOf } }) => width % multipleOf === 0 && height % multipleOf === 0,
    'width and height of the input must be multiples of multipleOf',
  )
  .refine(
    ({ input: { width, height, multipleOf, secondSide } }) =>
      secondSide === undefined || (secondSide % multipleOf === 0 && secondSide >= Math.max(width, height)),
    'secondSide must be a multiple of multipleOf and no smaller than the input',
  )
export type NanodetPart = z.infer<typeof nanodetSchema>

/** A text encoder: of sentences (describe, then embed) or of the text side of a CLIP-like pair. */
const textEncoderSchema = z.object({
  kind: z.enum(['sentence', 'clip']),
  model: filePathSchema,
  tokenizer: filePathSchema,
  tokenizerConfig: filePathSchema,
  maxTokens: z.number().int().min(2).max(512),
  output: z.string(),
  /** Pad to exactly `maxTokens` with this token, as CLIP's fixed-length text tower wants; absent: no padding. */
  padToken: z.number().int().nonnegative().optional(),
  space: embeddingSpaceSchema,
})
export type TextEncoderPart = z.infer<typeof textEncoderSchema>

const imageEncoderSchema = z.object({
  kind: z.literal('clip'),
  model: filePathSchema,
  input: z.object({
    name: z.string(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    channels: z.literal('rgb'),
    /** Of values scaled to 0..1. */
    mean: triple,
    std: triple,
  }),
  output: z.string(),
  /** Must be the text encoder's space: one space for both. */
  space: embeddingSpaceSchema,
})
export type ImageEncoderPart = z.infer<typeof imageEncoderSchema>

/** What a crop resembles, among many classes of which none has to fit. */
const classifierSchema = z.object({
  kind: z.literal('imagenet'),
  model: filePathSchema,
  /** JSON: the name of each class, in the order of the output. */
  classes: filePathSchema,
  input: z.object({
    name: z.string(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    channels: z.literal('rgb'),
    /** Of values scaled to 0..1. */
    mean: triple,
    std: triple,
  }),
  /** Logits. */
  output: z.string(),
})
export type ClassifierPart = z.infer<typeof classifierSchema>

/** What most cameras are there for. */
const EVERYDAY_PROMPTS = ['person', 'car', 'truck', 'bus', 'bicycle', 'motorcycle', 'dog', 'cat']

/**
 * SAM3: text, points or boxes to masks. Its graphs are ONNX files whose inputs and outputs carry the names of
 * docs/model-packs.md; a device builds TensorRT plans for its own GPU from them, so plans are no files of a pack. No CPU
 * runs the full model at a useful rate.
 */
const sam3Schema = z
  .object({
    kind: z.literal('sam3'),
    graphs: z.object({
      visionEncoder: filePathSchema,
      textEncoder: filePathSchema,
      promptDecoder: filePathSchema,
      /** Masks from points and boxes, on the vision encoder's `track_*` outputs, which exist only with it. */
      trackerDecoder: filePathSchema.optional(),
    }),
    tokenizer: filePathSchema,
    tokenizerConfig: filePathSchema,
    maxTokens: z.number().int().min(2).max(512),
    /** Fills a prompt up to `maxTokens`; the attention mask is 0 there. */
    padToken: z.number().int().nonnegative(),
    /** Of pixels, features and masks. Boxes, points and scores are always float32, ids, masks of tokens and labels int64. */
    dtype: z.enum(['float32', 'float16']),
    input: z.object({
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      channels: z.literal('rgb'),
      /** Of values scaled to 0..1. */
      mean: triple,
      std: triple,
    }),
    /** Sizes of features and answers. */
    shape: z.object({
      /** Tokens of one side of the picture: the side of the coarsest features. */
      grid: z.number().int().positive(),
      channels: z.number().int().positive(),
      queries: z.number().int().positive(),
      /** Pixels of one side of a mask. */
      mask: z.number().int().positive(),
    }),
    limits: z.object({
      /** Prompts that one call of a decoder takes. */
      prompts: z.number().int().min(1).max(64),
      /** Boxes of a prompt; a call always has all of them, those not used with the label -10. */
      boxSlots: z.number().int().min(0).max(32),
      /** Points of a prompt of the tracker decoder, likewise. */
      pointSlots: z.number().int().min(0).max(64),
    }),
    thresholds: z.object({
      /** Confidence of an object that starts a track. */
      track: unit,
      /** Value above which a pixel belongs to the mask, after the sigmoid. */
      mask: unit,
    }),
    /** What is looked for where nobody says anything: one call of the decoder at the full limits. */
    defaultPrompts: z.array(z.string().min(1).max(80)).min(1).max(64).default(EVERYDAY_PROMPTS),
  })
  .refine(
    ({ graphs, limits }) => graphs.trackerDecoder === undefined || limits.pointSlots > 0,
    'a tracker decoder needs limits.pointSlots',
  )
export type Sam3Part = z.infer<typeof sam3Schema>

export const packManifestSchema = z
  .object({
    schema: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/),
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    title: z.string(),
    files: z.array(packFileSchema).min(1).max(200),
    detector: nanodetSchema.nullable(),
    classifier: classifierSchema.nullable().default(null),
    textEncoder: textEncoderSchema.nullable(),
    imageEncoder: imageEncoderSchema.nullable(),
    segmenter: sam3Schema.nullable(),
  })
  .superRefine((manifest, context) => {
    const listed = new Set(manifest.files.map((file) => file.path))
    if (listed.size < manifest.files.length || listed.has('pack.json')) {
      context.addIssue({ code: 'custom', message: 'files lists a path twice, or pack.json itself' })
    }
    const { detector, classifier, textEncoder, imageEncoder, segmenter } = manifest
    const used = [
      detector?.model,
      classifier?.model,
      classifier?.classes,
      textEncoder?.model,
      textEncoder?.tokenizer,
      textEncoder?.tokenizerConfig,
      imageEncoder?.model,
      segmenter?.tokenizer,
      segmenter?.tokenizerConfig,
      ...Object.values(segmenter?.graphs ?? {}),
    ]
    for (const path of used) {
      if (path !== undefined && !listed.has(path))
        context.addIssue({ code: 'custom', message: `${path} is used but not listed in files` })
    }
    if (detector && detector.thresholds.low > detector.thresholds.track) {
      context.addIssue({ code: 'custom', message: 'thresholds.low must not be above thresholds.track' })
    }
    if (imageEncoder && textEncoder && imageEncoder.space.spaceId !== textEncoder.space.spaceId) {
      context.addIssue({ code: 'custom', message: 'image and text encoder must share one space' })
    }
  })
export type PackManifest = z.infer<typeof packManifestSchema>
