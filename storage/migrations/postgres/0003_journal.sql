-- +goose Up
-- Every write of a tenant changes its one row here, the last thing it does.
create table tenant_sequences (
    tenant_id uuid   not null primary key,
    sequence  bigint not null               -- the last one given out
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

create table events (
    tenant_id     uuid   not null,
    sequence      bigint not null,          -- per tenant from 1, no gaps, in commit order
    id            uuid   not null,
    connection_id uuid,
    type          text   collate "C" not null, -- "user.created"
    resource_type text   collate "C",
    resource_id   uuid,
    occurred_at   bigint not null,
    data          json   not null,
    previous      json,                     -- old values of the changed attributes
    request_id    text   collate "C" not null,
    primary key (tenant_id, sequence)
);

create table audit (
    tenant_id     uuid   not null,
    id            uuid   not null,          -- UUIDv7: orders by time
    connection_id uuid,
    actor         text   collate "C" not null, -- "tok01…"
    action        text   collate "C" not null, -- "user.updated"
    target_type   text   collate "C" not null,
    target_id     uuid   not null,
    changes       json   not null,          -- {"title": {"from": …, "to": …}}
    occurred_at   bigint not null,
    address       text   collate "C" not null,
    user_agent    text   collate "C" not null,
    request_id    text   collate "C" not null,
    primary key (tenant_id, id)
);
create index audit_target on audit (tenant_id, target_id, id);

alter table tenant_sequences enable row level security, force row level security;
alter table events enable row level security, force row level security;
alter table audit enable row level security, force row level security;

create policy tenant on tenant_sequences
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on events
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on audit
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

-- +goose Down
drop table audit;
drop table events;
drop table tenant_sequences;
