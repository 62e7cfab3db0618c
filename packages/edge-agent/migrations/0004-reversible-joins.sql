-- What dedup looked at when it joined tracks, so that joins can be taken back and decided again.
ALTER TABLE detections ADD COLUMN colours TEXT;       -- JSON { name: share } in order of share; null: none measured
ALTER TABLE detections ADD COLUMN media_sha256 TEXT;  -- the crop that was kept of this very detection
UPDATE detections SET media_sha256 =
  (SELECT s.media_sha256 FROM sightings s WHERE s.detection_id = detections.detection_id AND s.media_sha256 IS NOT NULL)
  WHERE detection_id IN (SELECT detection_id FROM sightings);

-- When a track was given its sighting and when it ended, by the time of the frames: from them follows which sightings
-- rested then. Tracks that were cut off (a killed process, an older version) have none or half of it.
CREATE TABLE tracks (
  device_id TEXT NOT NULL,
  video_id TEXT NOT NULL,
  track_id INTEGER NOT NULL,
  placed_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  PRIMARY KEY (video_id, track_id)
) STRICT, WITHOUT ROWID;

-- Nobody asks for detections by frame, but for those of a track.
DROP INDEX detections_by_video;
CREATE INDEX detections_by_track ON detections (video_id, track_id);

-- How far dedup of a source reaches in time and place, against its usual reach; 0 joins nothing.
ALTER TABLE sources ADD COLUMN dedup_radius REAL NOT NULL DEFAULT 1;
