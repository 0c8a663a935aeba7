-- +goose Up
create table tenant_sequences (
    tenant_id text   not null primary key,
    sequence  bigint not null               -- the last one given out
);

create table events (
    tenant_id     text   not null,
    sequence      bigint not null,          -- per tenant from 1, no gaps, in commit order
    id            text   not null,
    connection_id text,
    type          text   not null,          -- "user.created"
    resource_type text,
    resource_id   text,
    occurred_at   bigint not null,
    data          text   not null,          -- JSON
    previous      text,                     -- JSON: old values of the changed attributes
    request_id    text   not null,
    primary key (tenant_id, sequence)
) without rowid;

create table audit (
    tenant_id     text   not null,
    id            text   not null,          -- UUIDv7: orders by time
    connection_id text,
    actor         text   not null,          -- "tok01…"
    action        text   not null,          -- "user.updated"
    target_type   text   not null,
    target_id     text   not null,
    changes       text   not null,          -- JSON: {"title": {"from": …, "to": …}}
    occurred_at   bigint not null,
    address       text   not null,
    user_agent    text   not null,
    request_id    text   not null,
    primary key (tenant_id, id)
) without rowid;
create index audit_target on audit (tenant_id, target_id, id);

-- +goose Down
drop table audit;
drop table events;
drop table tenant_sequences;
