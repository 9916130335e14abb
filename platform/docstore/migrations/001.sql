-- Documents, their keys, their search index, blobs, write ids and the outbox.
--
-- filigree_owner  owns everything and logs in nowhere; row-level security binds it too
-- filigree_app    what the service is while it serves a tenant: it sees that tenant
-- filigree_keeper what relay and sweep are: events to send, and where time has run out
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['filigree_owner', 'filigree_app', 'filigree_keeper'] LOOP
    -- Who may do neither can have had both done: see the README.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- roles belong to the whole cluster: another database made it
      END;
    END IF;
    BEGIN
      EXECUTE format('GRANT %I TO CURRENT_USER', role);
    EXCEPTION WHEN insufficient_privilege THEN
      IF NOT pg_has_role(role, 'MEMBER') THEN
        RAISE;
      END IF;
    END;
  END LOOP;
END $$;

CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;
-- An owner of a schema must be able to make one, for as long as that takes.
DO $$
BEGIN
  EXECUTE format('GRANT CREATE ON DATABASE %I TO filigree_owner', current_database());
  ALTER SCHEMA docstore OWNER TO filigree_owner;
  EXECUTE format('REVOKE CREATE ON DATABASE %I FROM filigree_owner', current_database());
END $$;
GRANT USAGE ON SCHEMA docstore TO filigree_app, filigree_keeper;

-- Row-level security lets only leakproof functions near an index before the tenant has
-- been checked. This one reports nothing but its result (it suppresses errors), yet is
-- not marked so: without the mark every filter would read the whole collection.
DO $$
BEGIN
  ALTER FUNCTION pg_catalog.jsonb_path_match_opr(jsonb, jsonpath) LEAKPROOF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'filters will not use an index: a superuser has to run '
    'ALTER FUNCTION pg_catalog.jsonb_path_match_opr(jsonb, jsonpath) LEAKPROOF';
END $$;

SET LOCAL ROLE filigree_owner;

CREATE SEQUENCE versions;  -- of the whole database: an ETag is never used twice

-- The body stands below one member named tenant/collection. So the index, which hashes
-- each value with its path, holds the filters of one tenant's collection apart from all
-- others: a filter costs what it finds, however many tenants there are.
CREATE TABLE documents (
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  collection text NOT NULL,
  id         text NOT NULL,
  version    bigint NOT NULL,
  body       jsonb NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (tenant, collection, id)
);
-- A short pending list: every search of the index reads all of it.
CREATE INDEX documents_body ON documents USING gin (body jsonb_path_ops)
  WITH (gin_pending_list_limit = 256);
CREATE INDEX documents_expired ON documents (expires_at) WHERE expires_at < 'infinity';

CREATE TABLE keys (
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  collection text NOT NULL,
  key        text NOT NULL,
  id         text NOT NULL,
  PRIMARY KEY (tenant, collection, key),
  FOREIGN KEY (tenant, collection, id) REFERENCES documents ON DELETE CASCADE
);
CREATE INDEX keys_owner ON keys (tenant, collection, id);

-- A space is the unit of search. Whoever changes what is indexed in it holds its row,
-- and so alone changes its postings and statistics. "next" numbers its entries densely.
CREATE TABLE spaces (
  space      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  collection text NOT NULL,
  name       text NOT NULL,
  next       int NOT NULL DEFAULT 0,
  texts      bigint NOT NULL DEFAULT 0,   -- entries that have words
  words      bigint NOT NULL DEFAULT 0,   -- of all of them
  vectors    bigint NOT NULL DEFAULT 0,
  graph      int2 NOT NULL DEFAULT 0,     -- dimensions of its HNSW index, if it has one
  UNIQUE (tenant, collection, name)
) WITH (fillfactor = 50);

-- Which document is number n of a space, and its words: what to take out of the blocks
-- when it goes, and the exact score of a document that was found by its vector.
CREATE TABLE entries (
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  space      bigint NOT NULL,
  n          int NOT NULL,
  collection text NOT NULL,
  id         text NOT NULL,
  length     int,                          -- in words; null where there is no text
  terms      text[],
  tfs        int2[],
  PRIMARY KEY (space, n),
  UNIQUE (tenant, collection, id)
);

-- Postings, 4,096 documents to a block. ns are the low 12 bits of n, tfs the term's
-- frequencies there, ls the documents' lengths in words.
CREATE TABLE blocks (
  tenant text NOT NULL DEFAULT current_setting('app.tenant'),
  space  bigint NOT NULL,
  term   text NOT NULL,
  block  int NOT NULL,
  size   int NOT NULL,
  ns     int2[] NOT NULL,
  tfs    int2[] NOT NULL,
  ls     int2[] NOT NULL,
  PRIMARY KEY (space, term, block)
) WITH (fillfactor = 80);

CREATE TABLE vectors (
  tenant text NOT NULL DEFAULT current_setting('app.tenant'),
  space  bigint NOT NULL,
  n      int NOT NULL,
  size   int2 NOT NULL,
  v      halfvec NOT NULL,
  PRIMARY KEY (space, n)
);
ALTER TABLE vectors ALTER v SET STORAGE PLAIN;  -- scanned whole: never out of line

CREATE TABLE writes (
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  key        text NOT NULL,
  digest     text NOT NULL,
  result     jsonb,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, key)
);
CREATE INDEX writes_expired ON writes (expires_at);

CREATE TABLE outbox (
  seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  source     text NOT NULL,
  cancel_key text,
  deliver_at timestamptz NOT NULL,
  id         text NOT NULL,
  type       text NOT NULL,
  event      jsonb NOT NULL
);
CREATE INDEX outbox_due ON outbox (deliver_at, seq);
CREATE INDEX outbox_cancel ON outbox (tenant, source, cancel_key)
  WHERE cancel_key IS NOT NULL;

-- A blob names its content; a replaced content stays for those who are reading it.
CREATE TABLE contents (
  content    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  in_use     boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contents_left ON contents (changed_at) WHERE NOT in_use;

CREATE TABLE parts (
  tenant  text NOT NULL DEFAULT current_setting('app.tenant'),
  content bigint NOT NULL REFERENCES contents ON DELETE CASCADE,
  part    int NOT NULL,
  data    bytea NOT NULL,
  PRIMARY KEY (content, part)
);
ALTER TABLE parts ALTER data SET STORAGE EXTERNAL;  -- files are compressed already

CREATE TABLE blobs (
  tenant     text NOT NULL DEFAULT current_setting('app.tenant'),
  collection text NOT NULL,
  id         text NOT NULL,
  version    bigint NOT NULL,
  media_type text NOT NULL,
  size       bigint NOT NULL,
  sha256     text NOT NULL,
  content    bigint NOT NULL REFERENCES contents,
  PRIMARY KEY (tenant, collection, id)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['documents', 'keys', 'spaces', 'entries', 'blocks',
    'vectors', 'writes', 'outbox', 'contents', 'parts', 'blobs']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    -- As a sub-query it is evaluated once for each statement, not for each row.
    EXECUTE format('CREATE POLICY tenant ON %I TO filigree_app '
      'USING (tenant = (SELECT current_setting(''app.tenant'')))', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO filigree_app', name);
  END LOOP;
END $$;
GRANT USAGE ON SEQUENCE versions TO filigree_app;

CREATE POLICY due ON outbox TO filigree_keeper USING (true);
GRANT SELECT, UPDATE, DELETE ON outbox TO filigree_keeper;
CREATE POLICY expired ON documents FOR SELECT TO filigree_keeper
  USING (expires_at <= now());
GRANT SELECT (tenant, collection, id, expires_at) ON documents TO filigree_keeper;
CREATE POLICY expired ON writes TO filigree_keeper USING (expires_at <= now());
GRANT SELECT, DELETE ON writes TO filigree_keeper;
CREATE POLICY size ON spaces TO filigree_keeper USING (true);
GRANT SELECT (space, vectors, graph), UPDATE (graph) ON spaces TO filigree_keeper;
CREATE POLICY size ON vectors FOR SELECT TO filigree_keeper USING (true);
GRANT SELECT (space, size) ON vectors TO filigree_keeper;
CREATE POLICY unused ON contents TO filigree_keeper USING (NOT in_use);
GRANT SELECT, UPDATE, DELETE ON contents TO filigree_keeper;

RESET ROLE;
