-- Batches whose handling began and has not ended: a batch that brings the centre down is not taken for ever (rule A10).
CREATE TABLE batch_attempts (
  tenant_id text NOT NULL,
  device_id text NOT NULL,
  body_sha256 bytea NOT NULL,
  attempts int NOT NULL DEFAULT 1,
  last_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, device_id, body_sha256)
);
