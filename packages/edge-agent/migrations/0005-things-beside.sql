-- Labels of what touched it in its frame, with commas between them; empty: nothing did; null: nobody looked.
ALTER TABLE detections ADD COLUMN beside TEXT;
