-- +goose Up
-- Installation-wide tables: small, read by every request, one copy on every
-- node of a sharded database, and so without row-level security: a token is
-- looked up before its tenant is known. Times are microseconds since 1970 UTC.
-- Text is compared and ordered by its bytes, as SQLite does it.
create table tenants (
    id          uuid   not null primary key,
    name        text   collate "C" not null,
    external_id text   collate "C",         -- the vendor's own id of this customer
    status      text   collate "C" not null, -- active | suspended
    created_at  bigint not null,
    deleted_at  bigint
);
create unique index tenants_external_id on tenants (external_id) where deleted_at is null;

create table connections (
    tenant_id   uuid   not null references tenants (id),
    id          uuid   not null,
    name        text   collate "C" not null,
    name_key    text   collate "C" not null, -- folded: a name is unique without regard to case
    provider    text   collate "C" not null,
    status      text   collate "C" not null, -- active | paused
    scopes      json   not null,            -- array: ["users:create", …]
    settings    json   not null,            -- object of dialect settings
    created_at  bigint not null,
    deleted_at  bigint,
    primary key (tenant_id, id)
);
create unique index connections_name on connections (tenant_id, name_key) where deleted_at is null;
create index connections_id on connections (id);

-- last_used_at moves all the time and is in no index, so with room on its page
-- the new version of a row costs no index entry.
create table tokens (
    tenant_id     uuid   not null,
    id            uuid   not null,
    connection_id uuid   not null,
    name          text   collate "C" not null,
    hash          bytea  not null,          -- SHA-256 of the token
    prefix        text   collate "C" not null, -- what is shown of it afterwards
    last_four     text   collate "C" not null,
    scopes        json   not null,          -- array; narrows the connection's
    created_at    bigint not null,
    expires_at    bigint,
    revoked_at    bigint,
    last_used_at  bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id)
) with (fillfactor = 50);
create unique index tokens_hash on tokens (tenant_id, hash);
create index tokens_lookup on tokens (hash);
create index tokens_connection on tokens (tenant_id, connection_id);

-- +goose Down
drop table tokens;
drop table connections;
drop table tenants;
