-- The centre's tables. Every key starts with tenant_id and device_id; vectors are halfvec only.
CREATE EXTENSION IF NOT EXISTS vector;

-- One row: the identity of this database. A restore makes a new one (rule A8).
CREATE TABLE incarnation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE devices (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  name text NOT NULL,
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  -- scrypt of the device's MQTT and HTTP secret; null for devices of a loopback centre that enrols nobody.
  credential_hash text,
  revoked_at timestamptz,
  agent_version text,
  pack jsonb,
  spaces jsonb,
  current_epoch uuid,
  lease bigint NOT NULL DEFAULT 0,
  boot_id uuid,
  connection bigint NOT NULL DEFAULT 0,
  presence text NOT NULL DEFAULT 'unknown',
  presence_at timestamptz,
  last_hello_at timestamptz,
  last_status jsonb,
  last_status_at timestamptz,
  PRIMARY KEY (tenant_id, device_id)
);

-- One life of a device's outbox. `hwm` moves only in the transaction that settles entries.
CREATE TABLE epochs (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  epoch uuid NOT NULL,
  hwm bigint NOT NULL DEFAULT 0,
  max_seq_seen bigint NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  close_reason text,
  PRIMARY KEY (tenant_id, device_id, epoch)
);

-- What was received, for ever: same seq with another hash is an incident, never an update.
CREATE TABLE receipts (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  epoch uuid NOT NULL,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  outcome smallint NOT NULL, -- 0 applied, 1 superseded, 2 quarantined, 3 dropped by the device
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, device_id, epoch, seq)
);

CREATE TABLE spaces (
  tenant_id text NOT NULL,
  space_id text NOT NULL,
  model text NOT NULL,
  version text NOT NULL,
  dimension int NOT NULL,
  metric text NOT NULL,
  preprocessing text NOT NULL,
  identity text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, space_id)
);

-- Equal vectors are stored once. No HNSW here: an index in the write path costs more than a hundredfold.
CREATE TABLE vectors (
  tenant_id text NOT NULL,
  space_id text NOT NULL,
  vector_hash bytea NOT NULL,
  embedding halfvec NOT NULL,
  PRIMARY KEY (tenant_id, space_id, vector_hash)
);

CREATE TABLE sightings (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  epoch uuid NOT NULL,
  seq bigint NOT NULL,
  state text NOT NULL,
  source_id uuid NOT NULL,
  source_name text NOT NULL,
  video_id uuid NOT NULL,
  label text NOT NULL,
  text_prompt text,
  description text NOT NULL,
  attributes jsonb NOT NULL,
  confidence real NOT NULL,
  bbox real[] NOT NULL,
  frame_idx bigint NOT NULL,
  detection_id bigint NOT NULL,
  count bigint NOT NULL,
  track_count int NOT NULL,
  first_seen bigint NOT NULL, -- Unix ms
  last_seen bigint NOT NULL,
  time_origin text NOT NULL,
  space_id text NOT NULL,
  vector_hash bytea NOT NULL,
  media_sha256 bytea,
  extra jsonb, -- fields of a newer device that this centre does not know
  received_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (tenant_id, device_id, id)
);
CREATE INDEX sightings_by_vector ON sightings (tenant_id, space_id, vector_hash);
CREATE INDEX sightings_by_time ON sightings (tenant_id, last_seen);
CREATE INDEX sightings_by_label ON sightings (tenant_id, label);

CREATE TABLE sources (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  epoch uuid NOT NULL,
  seq bigint NOT NULL,
  record jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (tenant_id, device_id, id)
);

-- Crops, addressed by what they hold.
CREATE TABLE media (
  tenant_id text NOT NULL,
  sha256 bytea NOT NULL,
  device_id text NOT NULL,
  content_type text NOT NULL,
  width int NOT NULL,
  height int NOT NULL,
  content bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, sha256)
);

-- Deletions stay, so that a late or repeated entry never brings a thing back (rule A18).
CREATE TABLE tombstones (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  reason text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (tenant_id, device_id, kind, id)
);

-- Ranges of entries that a device dropped before it could send them: counted loss, shown to people.
CREATE TABLE losses (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  epoch uuid NOT NULL,
  from_seq bigint NOT NULL,
  to_seq bigint NOT NULL,
  count bigint NOT NULL,
  reason text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (tenant_id, device_id, epoch, from_seq)
);

-- Entries that can never be applied, kept whole with the reason.
CREATE TABLE quarantine (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  epoch uuid NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  thing_id text NOT NULL,
  hash bytea NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  raw text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, device_id, epoch, seq, hash)
);

-- Same (device, epoch, seq) with other content: somebody must look.
CREATE TABLE incidents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE enrol_tokens (
  tenant_id text NOT NULL,
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_by text,
  note text,
  PRIMARY KEY (tenant_id, token_hash)
);

-- Files that a person gave to the centre for one device; the device fetches them with its own credential.
CREATE TABLE uploads (
  tenant_id text NOT NULL,
  id uuid NOT NULL,
  device_id text NOT NULL,
  sha256 bytea NOT NULL,
  bytes bigint NOT NULL,
  file_name text NOT NULL,
  path text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  fetched_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
