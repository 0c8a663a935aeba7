-- +goose Up
-- How large the directory of a connection was. A row holds until the next one;
-- there is none where nothing has changed.
create table directory_history (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    at            bigint not null,          -- a whole hour, in microseconds
    people        bigint not null,
    active        bigint not null,          -- of the people
    groups        bigint not null,
    primary key (tenant_id, connection_id, at)
);

-- What the attempts of a webhook add up to. Like its queues, without row-level
-- security: ids and numbers only.
create table webhook_hours (
    tenant_id  uuid   not null,             -- the webhook's own; zero: events of all tenants
    webhook_id uuid   not null,
    hour       bigint not null,             -- its beginning, in microseconds
    delivered  bigint not null,
    failed     bigint not null,             -- attempts
    measured   bigint not null,             -- of those delivered, whose lag counts: no replays
    lag        bigint not null,             -- microseconds from their events to their answers, together
    lag_max    bigint not null,
    primary key (tenant_id, webhook_id, hour)
) with (fillfactor = 50);

-- Changes of role mappings are few among the changes of a group.
create index audit_mappings on audit (tenant_id, target_id, number) where action = 'role_mapping.changed';

alter table directory_history enable row level security, force row level security;
create policy tenant on directory_history
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

-- +goose Down
drop index audit_mappings;
drop table webhook_hours;
drop table directory_history;
