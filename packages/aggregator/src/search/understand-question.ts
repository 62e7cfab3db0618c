// What a caller asked in, a question that the search can work with out: words, a sighting or a picture.
import { calibrate, type Calibration } from '@sam3-fleet/models/score/calibration'
import { createRelevance } from '@sam3-fleet/models/score/relevance'
import type { Interpretation } from '@sam3-fleet/shared/domain/job'
import type { Sighting } from '@sam3-fleet/shared/domain/sighting'
import { FleetError } from '@sam3-fleet/shared/errors/fleet-error'
import type { FindInput } from '@sam3-fleet/shared/search/find'
import type { Queryable } from '../database/database.ts'
import { getSighting } from '../store/get-sighting.ts'
import { getVector } from '../store/get-vector.ts'
import { sampleVectors } from '../store/sample-vectors.ts'
import type { FleetUnderstanding } from './fleet-understanding.ts'
import { floorsOf } from './floors.ts'
import type { Judged, JudgedCandidate, Question, SpaceQuestion } from './question.ts'
import type { Preference } from '../store/nearest-query.ts'

/** A colour smaller than this is not what a sighting looks like. */
const SALIENT_SHARE = 0.2
/** Vectors that tell what an accidental likeness is; more change the deviation by less than a twentieth. */
const SAMPLE_VECTORS = 400
const SAMPLE_MIN_VECTORS = 16
/** Of a space with fewer vectors than can tell: sentence encoders put unlike captions near .3 +- .15. */
const UNSURE: Calibration = { mean: 0.3, deviation: 0.15 }

export interface QuestionDeps {
  db: Queryable
  /** Null: the centre has no text encoder and answers words only as they are written. */
  text: FleetUnderstanding | null
  /** Null: no space can be asked with a picture. */
  picture: PictureEncoder | null
}

/** Pictures (base64 of a JPEG, PNG or WebP) to unit vectors of one space. */
export interface PictureEncoder {
  readonly spaceId: string
  /** @throws FleetError UNPROCESSABLE_MEDIA. */
  encode(base64: string): Promise<Float32Array>
}

/** @throws FleetError NOT_FOUND for an unknown sighting, NOT_SUPPORTED_BY_PACK for a picture nobody can encode. */
export async function understandQuestion(
  deps: QuestionDeps,
  tenantId: string,
  input: Pick<FindInput, 'q' | 'image' | 'similarTo'>,
): Promise<Question | null> {
  if (input.q !== undefined) return await fromWords(deps, tenantId, input.q)
  if (input.similarTo) return await fromSighting(deps, tenantId, input.similarTo)
  if (input.image !== undefined) return await fromPicture(deps, tenantId, input.image)
  return null
}

async function fromWords({ text }: QuestionDeps, tenantId: string, q: string): Promise<Question> {
  if (!text) return { interpretation: null, words: q, spaces: [], except: null }
  const { understanding } = await text.ready(tenantId)
  const { vector, interpretation, scorer } = await understanding.understand(q)
  const preference = preferenceOf(interpretation)
  const judge: SpaceQuestion['judge'] = ({ similarity, label, attributes, confidence }) =>
    scorer.score({
      similarity,
      labelOfCandidate: label,
      coloursOfCandidate: attributes.colours,
      motionOfCandidate: attributes,
      companionsOfCandidate: attributes.companions,
      resemblesOfCandidate: attributes.resembles,
      partsOfCandidate: attributes.parts,
      confidenceOfCandidate: confidence,
    })
  const space = { spaceId: text.spaceId, vector, preference, floors: floorsOf(judge, preference), judge }
  return { interpretation, words: q, spaces: [space], except: null }
}

async function fromSighting(
  { db, text }: QuestionDeps,
  tenantId: string,
  ref: { deviceId: string; sightingId: string },
): Promise<Question> {
  const found = await getSighting(db, { tenantId, ...ref })
  if (!found) throw new FleetError('NOT_FOUND', 'the centre holds no sighting with this id')
  const { spaceId, vectorHash } = found.record
  const vector = await getVector(db, { tenantId, spaceId, vectorHash })
  if (!vector) throw new FleetError('NOT_FOUND', 'the centre does not hold the vector of this sighting')

  const calibration =
    text?.spaceId === spaceId
      ? (await text.ready(tenantId)).calibrate(vector)
      : await sampledCalibration(db, { tenantId, spaceId, vector })
  return {
    interpretation: null,
    words: null,
    spaces: [spaceQuestion({ spaceId, vector, calibration, wish: wishOf(found.record) })],
    except: ref,
  }
}

async function fromPicture(
  { db, picture }: QuestionDeps,
  tenantId: string,
  base64: string,
): Promise<Question> {
  if (!picture) throw pictureNotSupported()
  const { spaceId } = picture
  const vector = await picture.encode(base64)
  const calibration = await sampledCalibration(db, { tenantId, spaceId, vector })
  return {
    interpretation: null,
    words: null,
    spaces: [spaceQuestion({ spaceId, vector, calibration, wish: NO_WISH })],
    except: null,
  }
}

/** A picture names nothing: only its likeness counts. */
const NO_WISH: Interpretation = { prompt: '', labels: [], colours: [], ignored: [], summary: '' }

function spaceQuestion(of: {
  spaceId: string
  vector: Float32Array
  calibration: Calibration
  wish: Interpretation
}): SpaceQuestion {
  const relevance = createRelevance({ calibration: of.calibration })
  const judge = ({ similarity, label, attributes }: JudgedCandidate): Judged =>
    relevance.score({
      similarity,
      interpretation: of.wish,
      labelOfCandidate: label,
      coloursOfCandidate: attributes.colours,
    })
  const preference = preferenceOf(of.wish)
  return { spaceId: of.spaceId, vector: of.vector, preference, floors: floorsOf(judge, preference), judge }
}

/** Like this one: the same kind of thing, in its most visible colours. */
function wishOf(record: Sighting): Interpretation {
  return {
    prompt: '',
    labels: [{ label: record.label, similarity: 1 }],
    colours: record.attributes.colours.filter(({ share }) => share >= SALIENT_SHARE).map(({ name }) => name),
    ignored: [],
    summary: record.description,
  }
}

function preferenceOf({ labels, colours }: Interpretation): Preference {
  return { labels: labels.map(({ label }) => label), colours }
}

async function sampledCalibration(
  db: Queryable,
  { tenantId, spaceId, vector }: { tenantId: string; spaceId: string; vector: Float32Array },
): Promise<Calibration> {
  const background = await sampleVectors(db, {
    tenantId,
    spaceId,
    dimension: vector.length,
    limit: SAMPLE_VECTORS,
  })
  return background.length < SAMPLE_MIN_VECTORS ? UNSURE : calibrate(vector, background)
}

function pictureNotSupported(): FleetError {
  return new FleetError(
    'NOT_SUPPORTED_BY_PACK',
    'no embedding space of this fleet can be asked with a picture',
    {
      hint: 'Ask in words, or start from a sighting with "similar"; a pack with an image encoder adds this.',
    },
  )
}
