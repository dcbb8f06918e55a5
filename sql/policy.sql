-- Published versions and the registry of names; src/policy/publish.h and registry.h.

-- name: policy_version_insert
INSERT INTO policy_version (version, effective, published, in_force, hash, files) VALUES ($1, $2, $3, $4, $5, $6);

-- name: policy_version_list
SELECT version, published, in_force, hash, files FROM policy_version ORDER BY version;

-- name: registry_name_insert
INSERT INTO registry_name (kind, name, since, number) VALUES ($1, $2, $3, $4);

-- name: registry_name_list
SELECT kind, name, since, number FROM registry_name ORDER BY since, kind, number;
