-- +goose Up
-- How often credentials have changed: what a token is worth, by its own row, its
-- connection's or its tenant's. The last statement of such a change raises it, and
-- lets go with the commit, so that numbers follow one another as commits do. Who
-- finds the number that it had before knows that what it remembers still holds.
create table credential_changes (
    only_row boolean not null primary key default true check (only_row),
    number   bigint  not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
        autovacuum_vacuum_cost_delay = 0);
insert into credential_changes (number) values (0);

-- +goose Down
drop table credential_changes;
