-- +goose Up
-- SQLite plans by these statistics and guesses without them: that a tenant has
-- ten rows, so that an index on (tenant_id, member_id) seems hardly better than
-- reading the tenant. The figures are those of an installation with a hundred
-- tenants; for plans only their proportions count. Each row has the number of
-- rows of the table and then, for each prefix of the index, how many rows share
-- its values. An index that is named like its table is the primary key.
analyze;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('tenants',           'sqlite_autoindex_tenants_1',     '100 1'),
    ('tenants',           'tenants_external_id',            '100 1'),
    ('connections',       'sqlite_autoindex_connections_1', '200 2 1'),
    ('connections',       'connections_name',               '200 2 1'),
    ('connections',       'connections_id',                 '200 1'),
    ('tokens',            'sqlite_autoindex_tokens_1',      '400 4 1'),
    ('tokens',            'tokens_hash',                    '400 4 1'),
    ('tokens',            'tokens_lookup',                  '400 1'),
    ('tokens',            'tokens_connection',              '400 4 2'),
    ('resources',         'sqlite_autoindex_resources_1',   '2000000 20000 1'),
    ('resources',         'resources_position',             '2000000 20000 10000 5000 1'),
    ('resource_values',   'resource_values',                '8000000 80000 40000 20000 5000 2 1'),
    ('resource_values',   'resource_values_unique',         '2000000 20000 10000 10000 10000 1'),
    ('resource_values',   'resource_values_resource',       '8000000 80000 4'),
    ('members',           'members',                        '10000000 100000 100 1'),
    ('members',           'members_member',                 '10000000 100000 10 1'),
    ('directory_totals',  'directory_totals',               '400 4 2 1'),
    ('directory_buckets', 'directory_buckets',              '2400 24 12 6 1'),
    ('tenant_sequences',  'sqlite_autoindex_tenant_sequences_1', '100 1'),
    ('events',            'events',                         '10000000 100000 1'),
    ('audit',             'audit',                          '10000000 100000 1'),
    ('audit',             'audit_target',                   '10000000 100000 5 1');

-- +goose Down
delete from sqlite_stat1;
