-- +goose Up
-- What tenants define besides the built-in schemas and resource types. The
-- revision stands in the tenant's row, so that the look-up of a token says
-- whether there is anything to read here, and what was made of it still holds.
alter table tenants add column schema_revision bigint not null default 0; -- +1 with every change of the definitions

create table definitions (
    tenant_id  uuid   not null references tenants (id),
    kind       text   collate "C" not null, -- schema | resource_type | extension
    name_key   text   collate "C" not null, -- folded: a name is unique without regard to case
    name       text   collate "C" not null, -- a schema's URN, otherwise a type's name
    document   json   not null,             -- canonical JSON of RFC 7643 section 6 or 7
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, kind, name_key)
);

-- +goose Down
drop table definitions;
alter table tenants drop column schema_revision;
