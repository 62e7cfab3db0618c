-- floor: keep
-- Milliseconds for which one look may serve the frames after it; 0: none; null: as the model pack has it.
ALTER TABLE sources ADD COLUMN key_frame_ms INTEGER CHECK (key_frame_ms BETWEEN 0 AND 10000);
