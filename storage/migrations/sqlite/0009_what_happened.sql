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

-- +goose Down
drop table webhook_deliveries;
drop table webhook_queues;
drop table webhooks;
drop table feed;
drop table feed_tenants;
drop table feed_head;
