-- Whether a source is looked at only where something changes; null: live sources are, recordings are not.
ALTER TABLE sources ADD COLUMN motion_gate INTEGER;
