-- +goose Up
-- What tenants define besides the built-in schemas and resource types. The
-- revision stands in the tenant's row, so that the look-up of a token says
-- whether there is anything to read here, and what was made of it still holds.
alter table tenants add column schema_revision bigint not null default 0; -- +1 with every change of the definitions

create table definitions (
    tenant_id  text   not null references tenants (id),
    kind       text   not null,             -- schema | resource_type | extension
    name_key   text   not null,             -- folded: a name is unique without regard to case
    name       text   not null,             -- a schema's URN, otherwise a type's name
    document   text   not null,             -- canonical JSON of RFC 7643 section 6 or 7
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, kind, name_key)
) without rowid;

insert into sqlite_stat1 (tbl, idx, stat) values
    ('definitions', 'definitions', '100 10 5 1');

-- +goose Down
delete from sqlite_stat1 where tbl = 'definitions';
drop table definitions;
alter table tenants drop column schema_revision;
