-- Entries that are held back: indexed, and found by no search until they are released.
--
-- So what takes long to index can take the place of something else in one moment.
SET LOCAL ROLE filigree_owner;

ALTER TABLE entries ADD COLUMN held boolean NOT NULL DEFAULT false;

RESET ROLE;
