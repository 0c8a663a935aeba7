-- +goose Up
-- How large the directory of a connection was. A row holds until the next one;
-- there is none where nothing has changed.
create table directory_history (
    tenant_id     text   not null,
    connection_id text   not null,
    at            bigint not null,          -- a whole hour, in microseconds
    people        bigint not null,
    active        bigint not null,          -- of the people
    groups        bigint not null,
    primary key (tenant_id, connection_id, at)
);

-- What the attempts of a webhook add up to. Like its queues, without row-level
-- security: ids and numbers only.
create table webhook_hours (
    tenant_id  text   not null,             -- the webhook's own; zero: events of all tenants
    webhook_id text   not null,
    hour       bigint not null,             -- its beginning, in microseconds
    delivered  bigint not null,
    failed     bigint not null,             -- attempts
    measured   bigint not null,             -- of those delivered, whose lag counts: no replays
    lag        bigint not null,             -- microseconds from their events to their answers, together
    lag_max    bigint not null,
    primary key (tenant_id, webhook_id, hour)
);

-- Changes of role mappings are few among the changes of a group.
create index audit_mappings on audit (tenant_id, target_id, number) where action = 'role_mapping.changed';

insert into sqlite_stat1 (tbl, idx, stat) values
    ('directory_history', 'sqlite_autoindex_directory_history_1', '1000000 10000 1000 1'),
    ('audit', 'audit_mappings', '10000 100 5 1');

-- +goose Down
delete from sqlite_stat1 where idx = 'audit_mappings' or tbl = 'directory_history';
drop index audit_mappings;
drop table webhook_hours;
drop table directory_history;
