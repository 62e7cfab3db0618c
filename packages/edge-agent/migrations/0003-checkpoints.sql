-- What the stages know of a recording that is not worked through: kept with the detections that it belongs to, in parts
-- of which only those that changed are written again. Gone when the recording is at its end.
CREATE TABLE checkpoints (
  device_id TEXT NOT NULL,
  video_id TEXT NOT NULL,
  part TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (video_id, part)
) STRICT;

-- Highest detection id that was handed out when this recording was committed last: some are in a checkpoint only.
ALTER TABLE videos ADD COLUMN last_detection_id INTEGER NOT NULL DEFAULT 0;

-- Few at any time: those that nobody goes on with are found by it.
CREATE INDEX sightings_open ON sightings (source_id) WHERE state = 'open';
