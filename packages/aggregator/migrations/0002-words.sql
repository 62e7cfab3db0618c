-- The words of a sighting, for questions that name things as they are written. One definition for the index and
-- for every query, so that the index is always the one that is used.
CREATE FUNCTION sighting_words(label text, description text, text_prompt text, source_name text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('english', label || ' ' || description || ' ' || coalesce(text_prompt, '') || ' ' || source_name)
$$;

CREATE INDEX sightings_by_words ON sightings
  USING gin (sighting_words(label, description, text_prompt, source_name));
