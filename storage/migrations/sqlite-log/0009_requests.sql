-- +goose Up
-- The request log, in a file of its own: see storage/sqlite_log.go. The numbers of
-- its migrations are those of the database's.

-- What identity providers sent. A row is one request, or several reads of one
-- kind that came too fast to be worth a row each.
create table requests (
    tenant_id     text   not null,
    connection_id text   not null,
    id            text   not null,          -- UUIDv7: orders by time
    at            bigint not null,
    duration      bigint not null,          -- microseconds
    repeats       bigint not null default 0, -- further requests that the row stands for
    cycle_id      text,                     -- the sync cycle it belongs to
    method        text not null,
    path          text not null, -- below the connection's base URL, with the query, masked
    status        bigint not null,
    request_id    text not null,
    user_agent    text not null,
    address       text not null,
    token_id      text,                     -- null: an unknown token
    token_hint    text not null, -- prefix and last four of what was sent
    kind          text not null, -- "user.create", "user.lookup", …
    outcome       text not null, -- done | unchanged | refused | failed
    code          text not null, -- of the refusal
    resource_type text not null,
    resource_id   text,
    subject       text not null, -- what people call whom it was about, as sent or stored
    subject_key   text not null, -- the same, to be looked for: in lower case
    detail        text   not null,          -- what it did and why not
    request_body  text,      -- redacted; null: none was kept
    response_body text,
    primary key (tenant_id, connection_id, id)
);
create index requests_resource on requests (tenant_id, resource_id, id) where resource_id is not null;
create index requests_subject on requests (tenant_id, subject_key, id) where subject_key <> '';
create index requests_refused on requests (tenant_id, connection_id, id) where outcome in ('refused', 'failed');
create index requests_tenant on requests (tenant_id, id);
create index requests_kind on requests (tenant_id, connection_id, kind, id);
create index requests_request on requests (tenant_id, request_id);

-- What the requests of a connection add up to. Whoever stores requests holds the
-- connection's row.
create table connection_states (
    tenant_id     text   not null,
    connection_id text   not null,
    state         text   not null,
    updated_at    bigint not null,
    primary key (tenant_id, connection_id)
);
create table sync_cycles (
    tenant_id     text   not null,
    connection_id text   not null,
    id            text   not null,          -- UUIDv7 of the beginning
    started_at    bigint not null,
    ended_at      bigint not null,          -- last request so far
    requests      bigint not null,
    refused       bigint not null,
    failed        bigint not null,
    summary       text   not null,          -- what happened, by meaning
    primary key (tenant_id, connection_id, id)
);
create index sync_cycles_tenant on sync_cycles (tenant_id, id);
create table request_hours (
    tenant_id     text   not null,
    connection_id text   not null,
    hour          bigint not null,          -- its beginning, in microseconds
    requests      bigint not null,
    changes       bigint not null,          -- requests that changed something
    refused       bigint not null,
    failed        bigint not null,
    duration      bigint not null,          -- microseconds, of all requests
    primary key (tenant_id, connection_id, hour)
);

-- As in the database's own statistics, the figures are those of an installation
-- with a hundred tenants.
analyze;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('requests', 'sqlite_autoindex_requests_1', '10000000 100000 50000 1'),
    ('requests', 'requests_resource', '5000000 50000 5 1'),
    ('requests', 'requests_subject', '5000000 50000 5 1'),
    ('requests', 'requests_refused', '100000 1000 500 1'),
    ('requests', 'requests_request', '10000000 100000 2'),
    ('requests', 'requests_tenant', '10000000 100000 1'),
    ('requests', 'requests_kind', '10000000 100000 50000 2500 1');

-- +goose Down
drop table request_hours;
drop table sync_cycles;
drop table connection_states;
drop table requests;
delete from sqlite_stat1;
