-- Which migrations a database has seen.

-- name: schema_list
SELECT number, hash FROM schema_migration ORDER BY number;

-- name: schema_record
INSERT INTO schema_migration (number, name, hash) VALUES ($1, $2, $3);
