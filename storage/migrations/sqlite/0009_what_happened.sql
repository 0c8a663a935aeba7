-- +goose Up
-- The order in which events are told across tenants. Events are put here after
-- their commits, by whoever holds the row of feed_head, so that positions follow
-- commits too. Ids and numbers only, so without row-level security.
create table feed_head (
    only_row boolean not null primary key default true check (only_row),
    position bigint  not null,              -- the last one given out
    pruned   bigint  not null default 0     -- the last one whose events need not be there any more
);
insert into feed_head (position) values (0);
create table feed_tenants (                 -- how far each tenant's sequence is in the feed
    tenant_id text   not null primary key,
    sequence  bigint not null
);
create table feed (                         -- events first to last of a tenant
    tenant_id text   not null,
    position  bigint not null,              -- from 1, no gaps
    first     bigint not null,
    last      bigint not null,
    at        bigint not null,
    primary key (tenant_id, position)
);
create index feed_position on feed (position);

-- Where events are sent to.
create table webhooks (
    tenant_id     text   not null,          -- zero: events of all tenants
    id            text   not null,
    url           text not null,
    description   text not null,
    types         text   not null,          -- array of event types; empty: all
    status        text not null, -- active | paused | failing | gone
    status_reason text not null default '',
    status_at     bigint not null,
    secrets       blob  not null,          -- encrypted: it signs
    failures      bigint not null default 0, -- in a row, of whatever tenant
    failing_since bigint,
    held_until    bigint not null default 0, -- nothing is sent before
    delivered_at  bigint,                   -- last success
    created_by    text not null,
    created_at    bigint not null,
    updated_at    bigint not null,
    primary key (tenant_id, id)
);
create index webhooks_id on webhooks (id);
-- How far one webhook has one tenant's events. Found across tenants, so without
-- row-level security, as are deliveries; neither has anything of a directory.
create table webhook_queues (
    tenant_id       text   not null,        -- whose events
    webhook_id      text   not null,
    lane            text   not null,        -- zero: as events happen; otherwise a replay
    sequence        bigint not null,        -- the last one that is done with
    latest          bigint not null,        -- the last one there is, as the feed knows it
    until           bigint,                 -- of a replay: its last one
    due_at          bigint,                 -- null: nothing to send
    attempts        bigint not null default 0, -- at the next event
    first_failed_at bigint,                 -- of them
    failure         text not null default '', -- of the last of them
    not_before      bigint not null default 0, -- what the receiver asked for
    oldest_at       bigint,                 -- about when the oldest event happened that waits
    worker          text not null default '',
    leased_until    bigint not null default 0,
    created_by      text not null default '',
    created_at      bigint not null,
    primary key (tenant_id, webhook_id, lane)
);
create index webhook_queues_due on webhook_queues (webhook_id, due_at) where due_at is not null;
create index webhook_queues_webhook on webhook_queues (webhook_id, tenant_id);
create table webhook_deliveries (           -- one row for each attempt
    tenant_id  text   not null,             -- whose event; zero: a test
    webhook_id text   not null,
    id         text   not null,
    lane       text   not null,
    sequence   bigint not null,             -- 0: a test
    event_id   text   not null,
    event_type text not null,
    attempt    bigint not null,             -- from 1
    at         bigint not null,
    duration   bigint not null,             -- microseconds
    status     bigint,                      -- of the answer; null: there was none
    outcome    text not null,  -- delivered | retrying | given_up
    failure    text not null,  -- what was wrong, in words
    request    text   not null,             -- {"url", "headers"}; the body is the event
    response   text   not null,             -- {"headers", "body"}, cut
    next_at    bigint,                      -- when it is tried again
    primary key (tenant_id, webhook_id, id)
);
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_failed on webhook_deliveries (webhook_id, id) where outcome <> 'delivered';

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
drop table webhook_deliveries;
drop table webhook_queues;
drop table webhooks;
drop table feed;
drop table feed_tenants;
drop table feed_head;
delete from sqlite_stat1 where tbl = 'requests';
