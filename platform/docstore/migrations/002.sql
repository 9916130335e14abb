-- Sketches: three bits of each number of a vector, 32 vectors to a row.
--
-- A scan for the nearest costs what it reads and how many rows that is in. A sketch has
-- a fifth of the bytes; its vectors' own rows are read only where it comes near.
SET LOCAL ROLE filigree_owner;

-- Whether a number is above -0.7, 0 and 0.7 of what numbers of a unit vector are on
-- average. The Hamming distance of two sketches rises with the angle between vectors.
CREATE FUNCTION sketch(v halfvec) RETURNS bit varying
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN binary_quantize(l2_normalize(v) - array_fill(
    (0.7 / sqrt(vector_dims(v)))::real, ARRAY[vector_dims(v)])::halfvec)
  || binary_quantize(v)
  || binary_quantize(l2_normalize(v) + array_fill(
    (0.7 / sqrt(vector_dims(v)))::real, ARRAY[vector_dims(v)])::halfvec);

-- ns are the low 5 bits of n.
CREATE TABLE sketches (
  tenant text NOT NULL DEFAULT current_setting('app.tenant'),
  space  bigint NOT NULL,
  size   int2 NOT NULL,
  block  int NOT NULL,
  ns     int2[] NOT NULL,
  bits   bit varying[] NOT NULL,
  PRIMARY KEY (space, size, block)
) WITH (toast_tuple_target = 8160);
ALTER TABLE sketches ALTER ns SET STORAGE PLAIN;
ALTER TABLE sketches ALTER bits SET STORAGE EXTERNAL;  -- in line as long as it fits

-- Locks out writers until the commit, so that none is missed. Nobody sees all tenants'
-- rows, the owner neither, unless it says so.
ALTER TABLE vectors NO FORCE ROW LEVEL SECURITY;
INSERT INTO sketches (tenant, space, size, block, ns, bits)
SELECT tenant, space, size, n >> 5, array_agg((n & 31)::int2), array_agg(sketch(v))
FROM vectors GROUP BY 1, 2, 3, 4;
ALTER TABLE vectors FORCE ROW LEVEL SECURITY;

ALTER TABLE sketches ENABLE ROW LEVEL SECURITY;
ALTER TABLE sketches FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sketches TO filigree_app
  USING (tenant = (SELECT current_setting('app.tenant')));
GRANT SELECT, INSERT, UPDATE, DELETE ON sketches TO filigree_app;

-- By triggers, for while a new version is rolled out the old one writes vectors too.
-- They are the writer's own statements: what it may not see, they do not touch.
CREATE FUNCTION sketch_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sketches AS s (space, size, block, ns, bits)
  SELECT space, size, n >> 5, array_agg((n & 31)::int2), array_agg(sketch(v))
  FROM fresh GROUP BY 1, 2, 3
  ON CONFLICT (space, size, block) DO UPDATE
    SET ns = s.ns || EXCLUDED.ns, bits = s.bits || EXCLUDED.bits;
  RETURN NULL;
END $$;
CREATE FUNCTION sketch_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH lost AS MATERIALIZED (
    SELECT space, size, n >> 5 AS block, array_agg((n & 31)::int2) AS ns
    FROM gone GROUP BY 1, 2, 3),
  emptied AS (
    DELETE FROM sketches s USING lost l WHERE s.space = l.space AND s.size = l.size
    AND s.block = l.block AND cardinality(s.ns) = cardinality(l.ns))
  UPDATE sketches s SET (ns, bits) = (
    SELECT array_agg(p.n), array_agg(p.b)
    FROM unnest(s.ns, s.bits) p(n, b) WHERE p.n <> ALL (l.ns))
  FROM lost l WHERE s.space = l.space AND s.size = l.size AND s.block = l.block
    AND cardinality(s.ns) > cardinality(l.ns);
  RETURN NULL;
END $$;
CREATE TRIGGER sketch_new AFTER INSERT ON vectors REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION sketch_new();
CREATE TRIGGER sketch_gone AFTER DELETE ON vectors REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION sketch_gone();

RESET ROLE;
