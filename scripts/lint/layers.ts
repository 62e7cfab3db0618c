// The one table of who may import whom: packages, and the folders inside the device's agent and the centre.
// check-house-rules.ts enforces it, and writes it into ARCHITECTURE.md, so that the drawing cannot lie.

export interface PackageLayer {
  name: string
  owns: string
  /** Packages of ours that its product code may import. */
  mayImport: readonly string[]
  /** Packages of ours from which it may only take types. */
  mayImportTypesOf?: readonly string[]
  /** Further packages that only its tests may import. */
  testsMayImport?: readonly string[]
}

export interface FolderLayer {
  folder: string
  owns: string
  /** Folders of the same package whose values it may import. */
  mayImport: readonly string[]
  /** Folders of the same package from which it may only take types: the contracts. */
  mayImportTypesOf: readonly string[]
}

export const PACKAGE_LAYERS: readonly PackageLayer[] = [
  {
    name: 'shared',
    owns: 'domain schemas, wire protocol, vector maths, errors, clock',
    mayImport: [],
    testsMayImport: ['test-kit'],
  },
  { name: 'trt-native', owns: 'TensorRT engines and CUDA kernels behind a native addon', mayImport: [] },
  { name: 'gst-native', owns: 'GStreamer pipelines behind a native addon', mayImport: [] },
  {
    name: 'models',
    owns: 'model packs, pre- and post-processing, inference sessions',
    mayImport: ['shared', 'trt-native'],
    testsMayImport: ['test-kit'],
  },
  {
    name: 'test-kit',
    owns: 'real brokers, databases, cameras and browsers as test fixtures',
    mayImport: ['shared'],
  },
  {
    name: 'edge-agent',
    owns: 'what runs on a device',
    mayImport: ['shared', 'models', 'trt-native', 'gst-native'],
    testsMayImport: ['test-kit'],
  },
  {
    name: 'aggregator',
    owns: 'the centre',
    mayImport: ['shared', 'models'],
    testsMayImport: ['test-kit', 'edge-agent'],
  },
  {
    name: 'console',
    owns: 'the web console',
    mayImport: ['shared'],
    mayImportTypesOf: ['aggregator'],
    testsMayImport: ['test-kit', 'edge-agent'],
  },
  {
    name: 'fleet-cli',
    owns: "the operator's command line",
    mayImport: ['shared', 'models', 'edge-agent'],
    mayImportTypesOf: ['aggregator'],
    testsMayImport: ['test-kit'],
  },
  {
    name: 'demo',
    owns: 'a whole fleet on one machine, with its answers checked',
    mayImport: ['shared'],
    mayImportTypesOf: ['aggregator'],
    testsMayImport: ['test-kit'],
  },
  {
    name: 'bench',
    owns: 'measurements',
    mayImport: ['shared', 'models', 'edge-agent', 'aggregator', 'test-kit'],
  },
]

/** Files beside the folders that wire everything; nobody imports them. */
export const WIRING_FILES: Readonly<Record<string, readonly string[]>> = {
  'edge-agent': ['agent.ts', 'main.ts', 'doctor.ts'],
  aggregator: ['aggregator.ts', 'main.ts'],
}

const STAGES = ['capture', 'gate', 'detect', 'track', 'embed', 'dedup'] as const

/** In the order of the way of the data. */
export const FOLDER_LAYERS: Readonly<Record<string, readonly FolderLayer[]>> = {
  'edge-agent': [
    { folder: 'config', owns: 'environment and options, parsed once', mayImport: [], mayImportTypesOf: [] },
    {
      folder: 'sense',
      owns: 'what the board says of itself, and the rate that it can bear',
      mayImport: [],
      mayImportTypesOf: [],
    },
    { folder: 'observe', owns: 'log and metrics', mayImport: [], mayImportTypesOf: ['config', 'sense'] },
    { folder: 'capture', owns: 'frames out of files and streams', mayImport: [], mayImportTypesOf: [] },
    { folder: 'gate', owns: 'where a fixed camera changed', mayImport: [], mayImportTypesOf: ['capture'] },
    { folder: 'detect', owns: 'objects in a frame', mayImport: [], mayImportTypesOf: ['capture'] },
    {
      folder: 'track',
      owns: 'the same object over frames',
      mayImport: [],
      mayImportTypesOf: ['capture', 'detect'],
    },
    {
      folder: 'embed',
      owns: 'vectors and words of an object',
      mayImport: [],
      mayImportTypesOf: ['capture', 'detect', 'track'],
    },
    {
      folder: 'dedup',
      owns: 'sightings out of tracks',
      mayImport: [],
      mayImportTypesOf: ['detect', 'track', 'embed'],
    },
    {
      folder: 'store',
      owns: 'SQLite: what the device knows, and its outbox; the only place with SQL',
      mayImport: [],
      mayImportTypesOf: [],
    },
    {
      folder: 'index',
      owns: 'nearest neighbours, rebuilt from the store',
      mayImport: [],
      mayImportTypesOf: [],
    },
    {
      folder: 'pipeline',
      owns: 'the stages in a row, by their contracts',
      mayImport: ['gate', 'detect', 'track', 'embed'],
      mayImportTypesOf: [...STAGES, 'store', 'index', 'disk', 'observe'],
    },
    {
      folder: 'regroup',
      owns: 'joins of dedup, taken back and decided again',
      mayImport: ['embed'],
      mayImportTypesOf: ['dedup', 'store'],
    },
    { folder: 'disk', owns: 'the disk budget', mayImport: [], mayImportTypesOf: ['store', 'observe'] },
    {
      folder: 'sources',
      owns: 'cameras, streams and folders, and their runs',
      mayImport: ['capture'],
      mayImportTypesOf: ['store', 'capture', 'pipeline', 'disk', 'observe'],
    },
    {
      folder: 'jobs',
      owns: 'uploads, worked off',
      mayImport: [],
      mayImportTypesOf: ['store', 'capture', 'pipeline', 'disk', 'observe'],
    },
    {
      folder: 'search',
      owns: 'answers from this device',
      mayImport: [],
      mayImportTypesOf: ['store', 'index'],
    },
    {
      folder: 'sync',
      owns: 'the outbox on its way to the centre',
      mayImport: [],
      mayImportTypesOf: ['store', 'observe'],
    },
    {
      folder: 'status',
      owns: 'what the device says of itself',
      mayImport: [],
      mayImportTypesOf: ['store', 'pipeline', 'disk', 'sense'],
    },
    {
      folder: 'doctor',
      owns: 'whether the device is well, and what to do about it',
      mayImport: ['store'],
      mayImportTypesOf: [],
    },
    {
      folder: 'commands',
      owns: 'what the centre may ask of the device, and how a video becomes a job',
      mayImport: ['capture', 'sources'],
      mayImportTypesOf: ['store', 'search', 'jobs', 'pipeline', 'sync', 'regroup'],
    },
    {
      folder: 'api',
      owns: 'REST',
      mayImport: ['observe', 'capture', 'sources'],
      mayImportTypesOf: [
        'config',
        'store',
        'index',
        'search',
        'jobs',
        'commands',
        'disk',
        'detect',
        'regroup',
        'sense',
      ],
    },
  ],
  aggregator: [
    { folder: 'config', owns: 'environment, parsed once', mayImport: [], mayImportTypesOf: [] },
    { folder: 'observe', owns: 'log and metrics', mayImport: [], mayImportTypesOf: ['config'] },
    {
      folder: 'database',
      owns: 'connections and migrations, PGlite or PostgreSQL',
      mayImport: [],
      mayImportTypesOf: ['config'],
    },
    {
      folder: 'broker',
      owns: 'the broker inside the centre, or the way to one outside',
      mayImport: [],
      mayImportTypesOf: ['config', 'observe'],
    },
    {
      folder: 'store',
      owns: 'one SQL query per file; with database the only place with SQL',
      mayImport: ['database'],
      mayImportTypesOf: [],
    },
    {
      folder: 'ingest',
      owns: 'batches of devices into the store, acks back',
      mayImport: ['store'],
      mayImportTypesOf: ['database', 'broker', 'observe'],
    },
    {
      folder: 'fleet',
      owns: 'devices: enrolment, presence, commands',
      mayImport: ['store'],
      mayImportTypesOf: ['database', 'broker', 'observe'],
    },
    {
      folder: 'search',
      owns: 'answers from the whole fleet, with their coverage',
      mayImport: ['store', 'live'],
      mayImportTypesOf: ['database', 'fleet'],
    },
    {
      folder: 'live',
      owns: 'what changes while somebody watches',
      mayImport: ['store'],
      mayImportTypesOf: ['database', 'broker', 'fleet', 'observe'],
    },
    {
      folder: 'api',
      owns: 'tRPC, OpenAPI, media, MCP',
      mayImport: ['observe', 'store', 'search', 'fleet', 'live'],
      mayImportTypesOf: ['config', 'database'],
    },
  ],
  console: [
    {
      folder: 'app',
      owns: 'routes only',
      mayImport: ['features', 'ui', 'trpc', 'lib'],
      mayImportTypesOf: [],
    },
    {
      folder: 'features',
      owns: 'one folder per noun; features do not know each other',
      mayImport: ['ui', 'trpc', 'lib'],
      mayImportTypesOf: [],
    },
    {
      folder: 'ui',
      owns: 'elements that know no route and no data',
      mayImport: ['lib'],
      mayImportTypesOf: [],
    },
    { folder: 'trpc', owns: 'the way to the centre', mayImport: ['lib'], mayImportTypesOf: [] },
    { folder: 'lib', owns: 'paths, time and numbers for people', mayImport: [], mayImportTypesOf: [] },
  ],
}
