-- In which channel a name was settled, so that what was done there can be taken back in its order, whatever it was.
-- NULL: settled before this version.
ALTER TABLE crowd_collapses ADD COLUMN channel_id TEXT;
