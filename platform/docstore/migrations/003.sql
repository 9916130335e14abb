-- Entries that are gone while their words are still posted, of whom many went at once.
--
-- No search finds them. Their postings are cleared later, a bounded bit at a time.
SET LOCAL ROLE filigree_owner;

CREATE TABLE gone (
  tenant text NOT NULL DEFAULT current_setting('app.tenant'),
  space  bigint NOT NULL,
  n      int NOT NULL,
  terms  text[] NOT NULL,
  PRIMARY KEY (space, n)
);
ALTER TABLE gone ENABLE ROW LEVEL SECURITY;
ALTER TABLE gone FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON gone TO filigree_app
  USING (tenant = (SELECT current_setting('app.tenant')));
GRANT SELECT, INSERT, UPDATE, DELETE ON gone TO filigree_app;
CREATE POLICY clearing ON gone FOR SELECT TO filigree_keeper USING (true);
GRANT SELECT (tenant, space) ON gone TO filigree_keeper;

RESET ROLE;
