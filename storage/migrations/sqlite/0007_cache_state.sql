-- +goose Up
-- Here a PostgreSQL database gets the state of the cache that its replicas
-- share. A SQLite database is served by one process, which shares no cache, so
-- it needs nothing but the number: both kinds of database count alike.

-- +goose Down
-- Nothing to undo.
