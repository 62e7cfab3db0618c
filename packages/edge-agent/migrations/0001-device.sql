-- The device's tables. Every table carries device_id; times are Unix ms; vectors are little-endian half floats.

CREATE TABLE device (
  device_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sources (
  device_id TEXT NOT NULL,
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  uri TEXT NOT NULL,              -- with credentials; never returned, logged or synced
  prompts TEXT NOT NULL,          -- JSON array
  detect_fps REAL NOT NULL,
  enabled INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_detail TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;

-- One ingested recording of a source; a live source opens a new video with each connection.
CREATE TABLE videos (
  device_id TEXT NOT NULL,
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES sources(id),
  path TEXT,
  sha256 TEXT,
  width INTEGER,
  height INTEGER,
  duration_ms INTEGER,
  time_origin TEXT NOT NULL,
  origin_ms INTEGER NOT NULL,     -- time of pts 0
  frames_done INTEGER NOT NULL DEFAULT 0, -- next frame index to work on: the checkpoint of exactly-once
  finished INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX videos_by_source ON videos (source_id);

CREATE TABLE jobs (
  device_id TEXT NOT NULL,
  id TEXT PRIMARY KEY,
  video_id TEXT NOT NULL REFERENCES videos(id),
  source_id TEXT NOT NULL,
  file_name TEXT NOT NULL,
  text_prompt TEXT,
  interpretation TEXT,            -- JSON
  confidence_threshold REAL NOT NULL,
  status TEXT NOT NULL,
  progress REAL NOT NULL,
  error TEXT,                     -- JSON { code, message, hint }
  idempotency_key TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX jobs_by_key ON jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX jobs_by_status ON jobs (status);

CREATE TABLE sightings (
  device_id TEXT NOT NULL,
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  source_id TEXT NOT NULL,
  source_name TEXT NOT NULL,
  video_id TEXT NOT NULL,
  label TEXT NOT NULL,
  text_prompt TEXT,
  description TEXT NOT NULL,
  attributes TEXT NOT NULL,       -- JSON
  confidence REAL NOT NULL,
  x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
  frame_idx INTEGER NOT NULL,
  detection_id INTEGER NOT NULL,
  count INTEGER NOT NULL,
  track_count INTEGER NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  time_origin TEXT NOT NULL,
  space_id TEXT NOT NULL,
  vector_hash TEXT NOT NULL,
  media_sha256 TEXT,
  outbox_seq INTEGER NOT NULL,    -- seq of the newest version, in the current epoch
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX sightings_by_vector ON sightings (space_id, vector_hash);
CREATE INDEX sightings_by_time ON sightings (last_seen_ms);
CREATE INDEX sightings_by_video ON sightings (video_id);
CREATE INDEX sightings_by_seq ON sightings (outbox_seq);

CREATE TABLE detections (
  device_id TEXT NOT NULL,
  epoch TEXT NOT NULL,            -- with device_id and detection_id: the global identity
  detection_id INTEGER PRIMARY KEY,
  video_id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  sighting_id TEXT NOT NULL,
  track_id INTEGER NOT NULL,
  frame_idx INTEGER NOT NULL,
  ts_ms INTEGER NOT NULL,
  label TEXT NOT NULL,
  text_prompt TEXT,
  confidence REAL NOT NULL,
  x REAL NOT NULL, y REAL NOT NULL, w REAL NOT NULL, h REAL NOT NULL,
  mask TEXT                       -- COCO RLE as JSON, or null
) STRICT;
CREATE INDEX detections_by_sighting ON detections (sighting_id);
CREATE INDEX detections_by_video ON detections (video_id, frame_idx);

CREATE TABLE spaces (
  device_id TEXT NOT NULL,
  space_id TEXT PRIMARY KEY,
  record TEXT NOT NULL            -- JSON EmbeddingSpace
) STRICT;

-- Equal vectors are stored once. `at_centre` is the incarnation that is known to hold it.
CREATE TABLE vectors (
  device_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  f16 BLOB NOT NULL,
  at_centre TEXT,
  PRIMARY KEY (space_id, hash)
) STRICT;

CREATE TABLE media (
  device_id TEXT NOT NULL,
  sha256 TEXT PRIMARY KEY,
  content_type TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  content BLOB NOT NULL,
  at_centre TEXT
) STRICT;

-- One row: where this outbox stands. A new database file means a new epoch.
CREATE TABLE outbox_state (
  device_id TEXT PRIMARY KEY,
  epoch TEXT NOT NULL,
  next_seq INTEGER NOT NULL,
  purged_to INTEGER NOT NULL DEFAULT 0,
  ack_incarnation TEXT,
  ack_hwm INTEGER NOT NULL DEFAULT 0,
  ack_hash TEXT,                  -- content hash of entry ack_hwm
  ack_durability TEXT
) STRICT;

-- seq is gapless inside an epoch: it is taken from outbox_state in the transaction that changes the thing.
CREATE TABLE outbox (
  device_id TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash TEXT NOT NULL,
  state TEXT NOT NULL,
  bytes INTEGER NOT NULL,         -- what it weighs in a batch, crop and vector included
  created_at_ms INTEGER NOT NULL,
  acked INTEGER NOT NULL DEFAULT 0, -- 0 no, 1 process_safe, 2 power_safe
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_unacked ON outbox (epoch, seq) WHERE acked = 0;
CREATE INDEX outbox_held ON outbox (epoch, seq) WHERE acked = 1;
