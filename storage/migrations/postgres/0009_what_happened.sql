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
    tenant_id uuid   not null primary key,
    sequence  bigint not null
) with (fillfactor = 50);
create table feed (                         -- events first to last of a tenant
    tenant_id uuid   not null,
    position  bigint not null,              -- from 1, no gaps
    first     bigint not null,
    last      bigint not null,
    at        bigint not null,
    primary key (tenant_id, position)
);
create index feed_position on feed (position);

-- Where events are sent to.
create table webhooks (
    tenant_id     uuid   not null,          -- zero: events of all tenants
    id            uuid   not null,
    url           text collate "C" not null,
    description   text collate "C" not null,
    types         json   not null,          -- array of event types; empty: all
    status        text collate "C" not null, -- active | paused | failing | gone
    status_reason text collate "C" not null default '',
    status_at     bigint not null,
    secrets       bytea  not null,          -- encrypted: it signs
    failures      bigint not null default 0, -- in a row, of whatever tenant
    failing_since bigint,
    held_until    bigint not null default 0, -- nothing is sent before
    delivered_at  bigint,                   -- last success
    created_by    text collate "C" not null,
    created_at    bigint not null,
    updated_at    bigint not null,
    primary key (tenant_id, id)
) with (fillfactor = 50);
create index webhooks_id on webhooks (id);
-- How far one webhook has one tenant's events. Found across tenants, so without
-- row-level security, as are deliveries; neither has anything of a directory.
create table webhook_queues (
    tenant_id       uuid   not null,        -- whose events
    webhook_id      uuid   not null,
    lane            uuid   not null,        -- zero: as events happen; otherwise a replay
    sequence        bigint not null,        -- the last one that is done with
    latest          bigint not null,        -- the last one there is, as the feed knows it
    until           bigint,                 -- of a replay: its last one
    due_at          bigint,                 -- null: nothing to send
    attempts        bigint not null default 0, -- at the next event
    first_failed_at bigint,                 -- of them
    failure         text collate "C" not null default '', -- of the last of them
    not_before      bigint not null default 0, -- what the receiver asked for
    oldest_at       bigint,                 -- about when the oldest event happened that waits
    worker          text collate "C" not null default '',
    leased_until    bigint not null default 0,
    created_by      text collate "C" not null default '',
    created_at      bigint not null,
    primary key (tenant_id, webhook_id, lane)
) with (fillfactor = 50);
create index webhook_queues_due on webhook_queues (webhook_id, due_at) where due_at is not null;
create index webhook_queues_webhook on webhook_queues (webhook_id, tenant_id);
create table webhook_deliveries (           -- one row for each attempt
    tenant_id  uuid   not null,             -- whose event; zero: a test
    webhook_id uuid   not null,
    id         uuid   not null,
    lane       uuid   not null,
    sequence   bigint not null,             -- 0: a test
    event_id   uuid   not null,
    event_type text collate "C" not null,
    attempt    bigint not null,             -- from 1
    at         bigint not null,
    duration   bigint not null,             -- microseconds
    status     bigint,                      -- of the answer; null: there was none
    outcome    text collate "C" not null,  -- delivered | retrying | given_up
    failure    text collate "C" not null,  -- what was wrong, in words
    request    json   not null,             -- {"url", "headers"}; the body is the event
    response   json   not null,             -- {"headers", "body"}, cut
    next_at    bigint,                      -- when it is tried again
    primary key (tenant_id, webhook_id, id)
);
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_failed on webhook_deliveries (webhook_id, id) where outcome <> 'delivered';

-- What identity providers sent. A row is one request, or several reads of one
-- kind that came too fast to be worth a row each.
create table requests (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    id            uuid   not null,          -- UUIDv7: orders by time
    at            bigint not null,
    duration      bigint not null,          -- microseconds
    repeats       bigint not null default 0, -- further requests that the row stands for
    cycle_id      uuid,                     -- the sync cycle it belongs to
    method        text collate "C" not null,
    path          text collate "C" not null, -- below the connection's base URL, with the query, masked
    status        bigint not null,
    request_id    text collate "C" not null,
    user_agent    text collate "C" not null,
    address       text collate "C" not null,
    token_id      uuid,                     -- null: an unknown token
    token_hint    text collate "C" not null, -- prefix and last four of what was sent
    kind          text collate "C" not null, -- "user.create", "user.lookup", …
    outcome       text collate "C" not null, -- done | unchanged | refused | failed
    code          text collate "C" not null, -- of the refusal
    resource_type text collate "C" not null,
    resource_id   uuid,
    subject       text collate "C" not null, -- what people call whom it was about, as sent or stored
    subject_key   text collate "C" not null, -- the same, to be looked for: in lower case
    detail        json   not null,          -- what it did and why not
    request_body  text collate "C",      -- redacted; null: none was kept
    response_body text collate "C",
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
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    state         json   not null,
    updated_at    bigint not null,
    primary key (tenant_id, connection_id)
) with (fillfactor = 50);
create table sync_cycles (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    id            uuid   not null,          -- UUIDv7 of the beginning
    started_at    bigint not null,
    ended_at      bigint not null,          -- last request so far
    requests      bigint not null,
    refused       bigint not null,
    failed        bigint not null,
    summary       json   not null,          -- what happened, by meaning
    primary key (tenant_id, connection_id, id)
) with (fillfactor = 50);
create index sync_cycles_tenant on sync_cycles (tenant_id, id);
create table request_hours (
    tenant_id     uuid   not null,
    connection_id uuid   not null,
    hour          bigint not null,          -- its beginning, in microseconds
    requests      bigint not null,
    changes       bigint not null,          -- requests that changed something
    refused       bigint not null,
    failed        bigint not null,
    duration      bigint not null,          -- microseconds, of all requests
    primary key (tenant_id, connection_id, hour)
) with (fillfactor = 50);

-- The feed looks for tenants that have new events. It sees how many they have,
-- and says that it is the feed.
create policy feed on tenant_sequences for select
    using (current_setting('roster.feed', true) = 'on');

alter table requests enable row level security, force row level security;
alter table connection_states enable row level security, force row level security;
alter table sync_cycles enable row level security, force row level security;
alter table request_hours enable row level security, force row level security;

create policy tenant on requests
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on connection_states
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on sync_cycles
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);
create policy tenant on request_hours
    using (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('roster.tenant_id', true), '')::uuid);

-- +goose Down
drop policy feed on tenant_sequences;
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
