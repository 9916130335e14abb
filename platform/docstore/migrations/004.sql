-- Which spaces may have nothing in them any more: whoever takes the last entry out of
-- one deletes it, but for those of before, and those that have a graph until it goes.
SET LOCAL ROLE filigree_owner;

GRANT SELECT (tenant, texts) ON spaces TO filigree_keeper;

RESET ROLE;
