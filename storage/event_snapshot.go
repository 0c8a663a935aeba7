package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// How much of a snapshot is read at once.
const (
	snapshotResources = 100
	snapshotMembers   = 1000 // of one group
	snapshotPeople    = 500  // who hold something
)

// Snapshot implements events.Store: one transaction that reads, in which the
// number of the last event is read first.
func (s *Events) Snapshot(ctx context.Context, tenant tenants.TenantID, write func(events.Line) error) error {
	begun := false
	err := s.db.lasting().view(ctx, tenant.UUID(), func(tx *tx) error {
		n := &snapshot{tx: tx, tenant: tenant.UUID(), write: func(line events.Line) error {
			begun = true
			return write(line)
		}}
		err := s.snapshot(ctx, n, tenant)
		if err != nil && begun {
			return &finalError{err} // what is out cannot be done again
		}
		return err
	})
	return wrapIf("read a snapshot", err)
}

func (s *Events) snapshot(ctx context.Context, n *snapshot, tenant tenants.TenantID) error {
	revision, err := n.begin(ctx, tenant)
	if err != nil {
		return err
	}
	types, err := s.types.Registry(ctx, tenant, revision)
	if err != nil {
		return fmt.Errorf("read the tenant's schemas: %w", err)
	}
	directories, err := n.directories(ctx)
	if err != nil {
		return err
	}
	for _, d := range directories {
		if d.typ = types.ByName(d.name); d.typ == nil {
			continue // a type that the tenant has no more
		}
		if err := n.directory(ctx, d); err != nil {
			return err
		}
	}
	if err := n.access(ctx); err != nil {
		return err
	}
	return n.write(&events.SnapshotEnd{Type: events.LineEnd, Sequence: n.sequence, Users: n.users, Groups: n.groups})
}

// snapshot is one that is being taken.
type snapshot struct {
	tx            *tx
	tenant        string
	write         func(events.Line) error
	sequence      int64
	users, groups int
}

// begin fixes the moment: the first statement of the transaction does.
func (n *snapshot) begin(ctx context.Context, tenant tenants.TenantID) (revision int64, err error) {
	b := &batch{}
	b.query(func(row scanner) error { return row.Scan(&n.sequence) },
		`select s.sequence from tenant_sequences s where s.tenant_id = $1`, n.tenant)
	there := n.tx.addTenant(b, tenant)
	b.query(func(row scanner) error { return row.Scan(&revision) },
		`select t.schema_revision from tenants t where t.id = $1`, tenant)
	if err := n.tx.send(ctx, b); err != nil {
		return 0, err
	}
	if err := there(); err != nil {
		return 0, err
	}
	return revision, n.write(&events.SnapshotBegin{
		Type: events.LineBegin, TenantID: tenant.String(), Sequence: n.sequence, At: n.tx.now,
	})
}

// directoryOf is the resources of one type in one directory.
type directoryOf struct {
	connection, name string
	typ              *schema.ResourceType
}

// kind is what the lines of its resources are.
func (d *directoryOf) kind() events.Kind {
	switch d.name {
	case userTypeName:
		return events.LineUser
	case groupTypeName:
		return events.LineGroup
	}
	return events.LineResource
}

const (
	userTypeName  = "User"
	groupTypeName = "Group"
)

// directories returns what there is: users first, then groups.
func (n *snapshot) directories(ctx context.Context) ([]*directoryOf, error) {
	var list []*directoryOf
	err := n.tx.each(ctx, func(row scanner) error {
		d := &directoryOf{}
		list = append(list, d)
		return row.Scan(&d.connection, &d.name)
	}, `
		select t.connection_id, t.resource_type from directory_totals t
		where t.tenant_id = $1 and t.total > 0
		order by t.connection_id, t.resource_type`, n.tenant)
	order := map[events.Kind]int{events.LineUser: 0, events.LineGroup: 1, events.LineResource: 2}
	slices.SortStableFunc(list, func(a, b *directoryOf) int { return order[a.kind()] - order[b.kind()] })
	return list, err
}

// storedDocument is a resource as a snapshot reads it.
type storedDocument struct {
	id       string
	position int64
	document []byte
}

// directory writes the resources of one type, page by page.
func (n *snapshot) directory(ctx context.Context, d *directoryOf) error {
	for after := int64(-1); ; {
		page, err := n.page(ctx, d, after)
		if err != nil {
			return err
		}
		for i := range page {
			if err := n.resource(d, &page[i]); err != nil {
				return err
			}
			after = page[i].position
		}
		if d.typ.Members() != nil {
			if err := n.members(ctx, page); err != nil {
				return err
			}
		}
		if len(page) < snapshotResources {
			return nil
		}
	}
}

func (n *snapshot) page(ctx context.Context, d *directoryOf, after int64) ([]storedDocument, error) {
	var page []storedDocument
	err := n.tx.each(ctx, func(row scanner) error {
		r := storedDocument{}
		err := row.Scan(&r.id, &r.position, &r.document)
		page = append(page, r)
		return err
	}, `
		select r.id, r.position, r.document from resources r
		where r.tenant_id = $1 and r.connection_id = $2 and r.resource_type = $3 and r.position > $4
		order by r.position limit cast($5 as bigint)`, n.tenant, d.connection, d.name, after, snapshotResources)
	return page, err
}

func (n *snapshot) resource(d *directoryOf, r *storedDocument) error {
	doc, err := decodeDocument(r.document)
	if err != nil {
		return err
	}
	shown := visible(d.typ, doc)
	line := &events.SnapshotResource{
		Type: d.kind(), Data: events.Created(events.Subject{ResourceType: d.name, ID: r.id}, shown).Data,
	}
	if d.connection != manualDirectory {
		id := tenants.PublicID("connection", d.connection)
		line.ConnectionID = &id
	}
	switch line.Type {
	case events.LineUser:
		n.users++
		active := shown["active"] != false
		line.Active = &active
	case events.LineGroup:
		n.groups++
	default:
		line.ResourceType = d.name
	}
	return n.write(line)
}

// members writes the members of some groups: the first of each are read in one
// go, and what large groups have besides, group by group.
func (n *snapshot) members(ctx context.Context, groups []storedDocument) error {
	for some := range slices.Chunk(groups, snapshotMembers/50) {
		b := &batch{}
		found := make([][]events.Member, len(some))
		for i := range some {
			n.addMembers(b, some[i].id, noConnection, &found[i])
		}
		if err := n.tx.send(ctx, b); err != nil {
			return err
		}
		for i := range some {
			if err := n.membersOf(ctx, some[i].id, found[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// membersOf writes members of a group, and all that come behind them.
func (n *snapshot) membersOf(ctx context.Context, group string, chunk []events.Member) error {
	for len(chunk) > 0 {
		if err := n.write(&events.SnapshotMembers{Type: events.LineMembers, GroupID: group, Members: chunk}); err != nil {
			return err
		}
		if len(chunk) < snapshotMembers {
			return nil
		}
		b := &batch{}
		var next []events.Member
		n.addMembers(b, group, chunk[len(chunk)-1].ID, &next)
		if err := n.tx.send(ctx, b); err != nil {
			return err
		}
		chunk = next
	}
	return nil
}

func (n *snapshot) addMembers(b *batch, group, after string, to *[]events.Member) {
	b.query(func(row scanner) error {
		m := events.Member{}
		err := row.Scan(&m.ID, &m.Type)
		*to = append(*to, m)
		return err
	}, `
		select m.member_id, m.member_type from members m
		where m.tenant_id = $1 and m.group_id = $2 and m.member_id > $3
		order by m.member_id limit cast($4 as bigint)`, n.tenant, group, after, snapshotMembers)
}

// access writes what people hold as the vendor was told it: events tell what
// becomes of that, and of nothing else.
func (n *snapshot) access(ctx context.Context) error {
	for after := noConnection; ; {
		var people []string
		told := map[string][]access.Holding{}
		err := n.tx.each(ctx, func(row scanner) error {
			var user, text string
			if err := row.Scan(&user, &text); err != nil {
				return err
			}
			held, err := decodeHoldings(text)
			people, told[user] = append(people, user), held
			return err
		}, `
			select s.user_id, cast(s.access as text) from access_told s
			where s.tenant_id = $1 and s.user_id > $2
			order by s.user_id limit cast($3 as bigint)`, n.tenant, after, snapshotPeople)
		if err != nil || len(people) == 0 {
			return err
		}
		if err := n.accessOf(ctx, people, told); err != nil {
			return err
		}
		after = people[len(people)-1]
	}
}

func (n *snapshot) accessOf(ctx context.Context, people []string, told map[string][]access.Holding) error {
	var targets []access.Holding
	for _, user := range people {
		for _, h := range told[user] {
			if !slices.Contains(targets, h) {
				targets = append(targets, h)
			}
		}
	}
	facts, _, err := n.tx.facts(ctx, factsQuery{people: namedPeople(n.tx)}, n.tenant, jsonParam(rowsOf(people)), targets)
	if err != nil {
		return err
	}
	for _, user := range people {
		line := &events.SnapshotAccess{Type: events.LineAccess, Data: facts.Told(user, told[user])}
		if err := n.write(line); err != nil {
			return err
		}
	}
	return nil
}
