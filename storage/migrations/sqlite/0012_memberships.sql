-- +goose Up
-- PostgreSQL alone has something to change: both have the same versions.
select 1;

-- +goose Down
select 1;
