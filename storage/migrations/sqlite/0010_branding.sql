-- +goose Up
-- How the pages that people see are called and look. Logos make it large, so it
-- is not among the settings, which are read with every request.
alter table tenants      add column branding text not null default '{}';
alter table installation add column branding text not null default '{}';

-- +goose Down
alter table installation drop column branding;
alter table tenants drop column branding;
