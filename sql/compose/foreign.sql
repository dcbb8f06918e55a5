-- Statements about a table that a person's query gives; db/foreign_table.c fills the holes.  What is made for them has
-- a name with a blank, so that no table that the query reads is hidden.  Columns of the query go by number: c0, c1, …

-- name: distinct
WITH "sekisho source"({names}) AS (
{query}
)
SELECT {values} FROM "sekisho source" AS s;

-- name: distinct_value
count(DISTINCT {value})

-- name: pairs
WITH "sekisho source"({names}) AS (
{query}
)
SELECT count(*) FROM (SELECT DISTINCT {values} FROM "sekisho source" AS s) AS pairs;

-- name: shared
WITH "sekisho source"({names}) AS (
{query}
)
SELECT count(*) FROM ({others} INTERSECT SELECT {value} FROM "sekisho source" AS s) AS shared;

-- name: shared_values
SELECT {value} FROM "sekisho source" AS s

-- name: shared_listed
SELECT value FROM {table}

-- name: publish
CREATE TABLE {table} AS
WITH "sekisho source"({names}) AS (
{query}
)
SELECT {columns}
FROM "sekisho source" AS s
{joins}
{join} "sekisho kept" AS k ON {keys};

-- name: publish_join
{join} {map} AS {alias} ON {alias}.value = {value}

-- name: publish_column
{value} AS {name}

-- name: publish_level
CASE {level} {labels} END

-- name: publish_case
WHEN {number} THEN {label}

-- name: label
{name} TEXT NOT NULL
