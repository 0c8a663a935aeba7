package main

import (
	"context"
	"log"

	"github.com/roster-scim/roster/portal/client"
)

// mirror keeps a tenant's copy in a file up to date until the context ends.
func mirror(ctx context.Context, roster *client.Client, tenant, file string) error {
	d, err := load(file)
	if err != nil {
		return err
	}
	consumer := &client.TenantConsumer{
		Client: roster,
		Tenant: tenant,
		// The place is in the same file as the copy, so that neither is ever
		// ahead of the other.
		Cursor: client.LoadOnly(func(context.Context) (string, error) { return d.Cursor, nil }),
		Snapshot: func(_ context.Context, s *client.Snapshot) error {
			fresh := newDirectory()
			for line, err := range s.Lines() {
				if err != nil {
					return err
				}
				if err := fresh.line(line); err != nil {
					return err
				}
			}
			fresh.Cursor = s.Cursor
			if err := fresh.save(file); err != nil {
				return err
			}
			d = fresh
			log.Printf("snapshot at %d: %d users, %d groups", s.Sequence, len(d.Users), len(d.Groups)) //nolint:gosec // numbers
			return nil
		},
		Apply: func(_ context.Context, b client.Batch) error {
			for _, e := range b.Events {
				if err := d.event(e); err != nil {
					return err
				}
				log.Printf("event %d: %s %s", e.Sequence, e.Type, e.Data)
			}
			d.Cursor = b.Cursor
			return d.save(file)
		},
	}
	return consumer.Run(ctx)
}
