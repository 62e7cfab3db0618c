// Every error code a person or program can meet, with its HTTP status and what it means. Codes never change.

export const ERROR_CODES = {
  INVALID_INPUT: { status: 400, meaning: 'The request does not have the documented form.' },
  UNAUTHENTICATED: { status: 401, meaning: 'No valid token or session came with the request.' },
  FORBIDDEN: { status: 403, meaning: 'The caller may not do this.' },
  NOT_FOUND: { status: 404, meaning: 'Nothing with this id exists here.' },
  CONFLICT: { status: 409, meaning: 'The thing changed or exists already.' },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The upload is larger than this device accepts.' },
  UNSUPPORTED_MEDIA: {
    status: 415,
    meaning: 'The content is not an image or video format that is accepted.',
  },
  PROMPT_NOT_SUPPORTED: { status: 422, meaning: 'The model pack cannot see what the prompt names.' },
  UNPROCESSABLE_MEDIA: { status: 422, meaning: 'The file could not be decoded within the limits.' },
  TOO_MANY_REQUESTS: { status: 429, meaning: 'A queue or quota is full; try again later.' },
  CANCELLED: { status: 499, meaning: 'The caller or an operator cancelled it.' },
  INTERNAL: { status: 500, meaning: 'A fault of this program; the log has the details.' },
  NOT_SUPPORTED_BY_PACK: { status: 501, meaning: 'The loaded model pack has no part for this.' },
  SOURCE_UNAVAILABLE: { status: 502, meaning: 'The camera, stream or file cannot be opened.' },
  UNAVAILABLE: { status: 503, meaning: 'A needed service is not reachable at the moment.' },
  DEADLINE_EXCEEDED: { status: 504, meaning: 'No answer came in time.' },
  DISK_FULL: { status: 507, meaning: 'The disk is at its floor; detection pauses until space is freed.' },
  PACK_INVALID: { status: 500, meaning: 'The model pack is incomplete or its checksums do not match.' },
  ENGINE_INVALID: {
    status: 500,
    meaning: 'The engine was built for another GPU or TensorRT, or is damaged; it must be built again.',
  },
  ENGINE_INACCURATE: {
    status: 500,
    meaning:
      'The engine answers too differently from the model in full precision; it must be built otherwise.',
  },
  GPU_MEMORY_SHORT: { status: 507, meaning: 'The GPU has too little free memory for this.' },
  CONFIG_INVALID: { status: 500, meaning: 'A setting is missing or has a value that is not allowed.' },
  PROTOCOL_MISMATCH: { status: 426, meaning: 'Device and centre speak different protocol versions.' },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof ERROR_CODES
