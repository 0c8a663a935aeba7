-- +goose Up
-- What all replicas have to agree on about their shared cache: package
-- storage/cache says how. The clock of these times is the database's own, since
-- replicas measure how long ago something was, and their clocks may differ.
create table cache_state (
    only_row     boolean     not null primary key default true check (only_row),
    installation uuid        not null,      -- part of every cache key
    generation   bigint      not null,      -- part of every cache key
    phase        text        collate "C" not null check (phase in ('closed', 'opening', 'open')),
    changed_at   timestamptz not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
        autovacuum_vacuum_cost_delay = 0);
insert into cache_state (installation, generation, phase, changed_at)
values (gen_random_uuid(), 1, 'closed', clock_timestamp());

create table cache_replicas (
    id       uuid        not null primary key,
    seen_at  timestamptz not null,
    redis_ok boolean     not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
        autovacuum_vacuum_cost_delay = 0);

-- +goose Down
drop table cache_replicas;
drop table cache_state;
