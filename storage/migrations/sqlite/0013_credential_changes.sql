-- +goose Up
-- How often credentials have changed: what a token is worth, by its own row, its
-- connection's or its tenant's. Who finds the number that it had before knows that
-- what it remembers still holds, whichever process has written since.
create table credential_changes (
    only_row integer not null primary key default 1 check (only_row = 1),
    number   bigint  not null
);
insert into credential_changes (number) values (0);

-- +goose Down
drop table credential_changes;
