-- +goose Up
-- Installation-wide tables: small, read by every request, one copy on every
-- node of a sharded database. Times are microseconds since 1970 UTC.
create table tenants (
    id          text   not null primary key,
    name        text   not null,
    external_id text,                       -- the vendor's own id of this customer
    status      text   not null,            -- active | suspended
    created_at  bigint not null,
    deleted_at  bigint
);
create unique index tenants_external_id on tenants (external_id) where deleted_at is null;

create table connections (
    tenant_id   text   not null references tenants (id),
    id          text   not null,
    name        text   not null,
    name_key    text   not null,            -- folded: a name is unique without regard to case
    provider    text   not null,
    status      text   not null,            -- active | paused
    scopes      text   not null,            -- JSON array: ["users:create", …]
    settings    text   not null,            -- JSON object of dialect settings
    created_at  bigint not null,
    deleted_at  bigint,
    primary key (tenant_id, id)
);
create unique index connections_name on connections (tenant_id, name_key) where deleted_at is null;
create index connections_id on connections (id);

create table tokens (
    tenant_id     text   not null,
    id            text   not null,
    connection_id text   not null,
    name          text   not null,
    hash          blob   not null,          -- SHA-256 of the token
    prefix        text   not null,          -- what is shown of it afterwards
    last_four     text   not null,
    scopes        text   not null,          -- JSON array; narrows the connection's
    created_at    bigint not null,
    expires_at    bigint,
    revoked_at    bigint,
    last_used_at  bigint,
    primary key (tenant_id, id),
    foreign key (tenant_id, connection_id) references connections (tenant_id, id)
);
create unique index tokens_hash on tokens (tenant_id, hash);
create index tokens_lookup on tokens (hash);
create index tokens_connection on tokens (tenant_id, connection_id);

-- +goose Down
drop table tokens;
drop table connections;
drop table tenants;
