package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
)

// ListUsers implements people.Store. A page is one statement, and one more where
// it has to be decided which of several roles is held.
func (s *People) ListUsers(ctx context.Context, tenant tenants.TenantID, q people.UserQuery) ([]*people.User, error) {
	var users []*people.User
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) (err error) {
		users, err = s.listUsers(ctx, tx, tenant, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return users, nil
}

func (s *People) listUsers(ctx context.Context, t *tx, tenant tenants.TenantID, q people.UserQuery) ([]*people.User, error) {
	users := []*people.User{}
	many, err := t.manyNamed(ctx, tenant, q, s.fewNamed)
	if err != nil {
		return nil, err
	}
	for {
		b := &batch{}
		there := t.addTenant(b, tenant)
		var rows []*userRow
		query, values := newUserListing(t, tenant, q, many).statement()
		b.query(func(row scanner) error {
			one := &userRow{}
			rows = append(rows, one)
			return one.scan(row)
		}, query, values...)
		send := t.last
		if ofRole(q) {
			send = t.send
		}
		if err := send(ctx, b); err != nil {
			return nil, err
		}
		if err := there(); err != nil {
			return nil, err
		}
		page, err := readUsers(rows)
		if err != nil || !ofRole(q) {
			return page, err
		}
		if len(page) > 0 {
			q.After = *page[len(page)-1].Place()
		}
		held, err := t.holders(ctx, tenant, page, q)
		if err != nil {
			return nil, err
		}
		users = append(users, held...)
		if len(page) < q.Limit || len(users) >= q.Limit {
			return users[:min(len(users), q.Limit)], nil
		}
	}
}

func readUsers(rows []*userRow) ([]*people.User, error) {
	users := make([]*people.User, len(rows))
	for i, row := range rows {
		var err error
		if users[i], err = row.read(); err != nil {
			return nil, err
		}
	}
	return users, nil
}

// holders are those of a page who hold what is asked for: others have a reason
// to, but a role of a higher rank wins over it.
func (t *tx) holders(ctx context.Context, tenant tenants.TenantID, page []*people.User, q people.UserQuery) ([]*people.User, error) {
	if len(page) == 0 {
		return nil, nil
	}
	ids := make([]idRow, len(page))
	for i, user := range page {
		ids[i].ID = user.ID
	}
	facts, _, err := t.facts(ctx, factsQuery{people: namedPeople(t)}, tenant.UUID(), jsonParam(ids), nil)
	if err != nil {
		return nil, fmt.Errorf("read access: %w", err)
	}
	held := map[string]bool{}
	for i := range facts.People {
		held[facts.People[i].ID] = slices.ContainsFunc(facts.Of(&facts.People[i]).Access, func(l access.Line) bool {
			return l.Wins && (q.Role == "" || l.Role.Key == q.Role) && (q.EntryPoint == "" || l.EntryPoint == q.EntryPoint)
		})
	}
	return slices.DeleteFunc(page, func(user *people.User) bool { return !held[user.ID] }), nil
}

// manyNamed says whether a text is looked for that so many have that it is
// better to go through the users until the page is full than to find them all.
func (t *tx) manyNamed(ctx context.Context, tenant tenants.TenantID, q people.UserQuery, few int) (bool, error) {
	if q.Text == "" || isID(strings.ToLower(q.Text)) {
		return false, nil
	}
	p := &params{}
	p.add(tenant)
	found := 0
	err := t.get(ctx, func(row scanner) error { return row.Scan(&found) },
		`select count(*) from (select `+namesBeginning(p, t, q.Text, namesOfUsers, "User")+` limit `+p.number(few+1)+`) n`, p.values...)
	if err != nil {
		return false, fmt.Errorf("count names: %w", err)
	}
	return found > few, nil
}

// userListing is a page of users as SQL. $1 is the tenant.
type userListing struct {
	*params
	tx         *tx
	query      people.UserQuery
	conditions []string
	many       bool   // users have the text that is looked for
	driver     string // a query for the ids of few users, in no order; "" if there is none
	alone      bool   // nothing but the driver decides
	byPosition bool   // in the order of their coming to the one directory that is asked for
}

func newUserListing(t *tx, tenant tenants.TenantID, q people.UserQuery, many bool) *userListing {
	l := &userListing{params: &params{}, tx: t, query: q, many: many}
	l.add(tenant)
	if l.query.After.ID == "" {
		l.query.After = people.Place{ID: manualDirectory, Position: -1} // before all
	}
	l.where(`r.tenant_id = $1 and r.resource_type = 'User'`)
	l.find()
	l.ofDirectory()
	l.ofState()
	l.ofAccess()
	l.alone = len(l.conditions) == 1
	return l
}

func (l *userListing) where(condition string) { l.conditions = append(l.conditions, condition) }

// find chooses what leads to the users: the narrowest of what is asked for.
func (l *userListing) find() {
	q := l.query
	switch text := strings.ToLower(q.Text); {
	case isID(text):
		l.driver = `select x.id from resources x where x.tenant_id = $1 and x.id = ` + l.add(text) + ` and x.id > ` + l.add(q.After.ID)
	case q.Text != "" && l.many:
		l.where(hasName(l.params, q.Text, namesOfUsers))
	case q.Text != "":
		l.driver = `select distinct ` + namesBeginning(l.params, l.tx, q.Text, namesOfUsers, "User") + ` and v.resource_id > ` + l.add(q.After.ID)
	}
	if q.Group != "" {
		l.ofGroup()
	}
}

// ofGroup: the group's members lead if nothing narrower does.
func (l *userListing) ofGroup() {
	if !isID(l.query.Group) {
		l.where(`false`)
		return
	}
	group := l.add(l.query.Group)
	members := func(columns, more string) string {
		return `with recursive down (id) as (
				select g.id from resources g where g.tenant_id = $1 and g.id = ` + group + ` and g.resource_type = 'Group'
				union
				select m.member_id from down cross join members m
				where m.tenant_id = $1 and m.group_id = down.id and m.member_type = 'Group'
			)
			select ` + columns + ` from down cross join members m
			where m.tenant_id = $1 and m.group_id = down.id and m.member_type = 'User'` + more
	}
	if l.driver == "" {
		l.driver = members(`distinct m.member_id as id`, ` and m.member_id > `+l.add(l.query.After.ID))
		return
	}
	l.where(`(r.id in (` + members(`m.member_id`, ``) + `)) is true`) // found once, not for each user
}

func (l *userListing) ofDirectory() {
	q := l.query
	var directory string
	switch {
	case !q.Connection.IsZero() && q.Managed != nil && !*q.Managed:
		l.where(`false`)
		return
	case !q.Connection.IsZero():
		directory = q.Connection.UUID()
	case q.Managed != nil && *q.Managed:
		l.where(`r.connection_id <> ` + l.add(manualDirectory))
		return
	case q.Managed != nil:
		directory = manualDirectory
	default:
		return
	}
	l.byPosition = l.driver == ""
	l.where(`r.connection_id = ` + l.add(directory))
}

// ofState: conditions on each user are no joins, "is true" says, which would make
// another order seem better than that of the list.
func (l *userListing) ofState() {
	q := l.query
	switch {
	case q.Active == nil:
	case *q.Active:
		l.where(`(` + activeUser(l.tx, "$1", "r") + `) is true`)
	default:
		if l.driver == "" && !l.byPosition {
			l.driver = inactiveUsers(l.add(q.After.ID))
			return
		}
		l.where(`(` + activeUser(l.tx, "$1", "r") + `) is not true`)
	}
}

func (l *userListing) ofAccess() {
	if l.query.Unassigned {
		l.where(`(` + unassignedUsers(l.tx, "$1", "r") + `) is true`)
	}
	if ofRole(l.query) {
		l.where(`(` + usersWithReason(l.tx, "$1", "r", l.add(l.query.EntryPoint), l.add(l.query.Role)) + `) is true`)
	}
}

// statement reads the page.
func (l *userListing) statement() (query string, values []any) {
	from, order := `resources r`, `r.id`
	switch {
	case l.driver != "" && l.alone: // the page is the first of its ids
		from = l.tx.fewIDs(`select d.id from (`+l.driver+`) d order by d.id limit `+l.number(l.query.Limit)) + ` f cross join resources r`
		l.where(`r.id = f.id`)
	case l.driver != "":
		from = l.tx.fewIDs(l.driver) + ` f cross join resources r`
		l.where(`r.id = f.id`)
	case l.byPosition:
		order = `r.position`
		l.where(`r.position > ` + l.add(l.query.After.Position))
	default:
		l.where(`r.id > ` + l.add(l.query.After.ID))
	}
	// The page is cut out before anything is joined to it: it ends where the limit
	// is reached, on the way through an index.
	return `select ` + userColumns + ` from (select r.* from ` + from +
		` where ` + strings.Join(l.conditions, ` and `) +
		` order by ` + order + ` limit ` + l.number(l.query.Limit) + `) r` + fromConnection +
		` order by ` + order, l.values
}

// ofRole says that it matters what users hold.
func ofRole(q people.UserQuery) bool { return q.Role != "" || q.EntryPoint != "" }
