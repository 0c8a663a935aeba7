package storage

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// tenantTables are those that a sharded database distributes: a statement that
// does not say which tenant it is about would have to ask every node.
const tenantTables = `resources|resource_values|members|pending_members|directory_totals|directory_buckets|tenant_sequences|events|audit|` +
	`portal_link_openings|entry_points|role_mappings|assignments|access_told|` +
	`requests|connection_states|sync_cycles|request_hours|directory_history`

var (
	// tableUse finds the tables of a statement and the names they go by.
	tableUse = regexp.MustCompile(`(?:\bfrom|\bjoin|\binto|\bupdate|,)\s+(` + tenantTables + `)\b(?:\s+(?:as\s+)?([a-z]\w*))?`)
	clauses  = regexp.MustCompile(`^(where|set|cross|join|left|on|order|group|limit|values|select|for|returning|union|using|except|inner|with|as)$`)
	insertOf = regexp.MustCompile(`\binto\s+(?:` + tenantTables + `)\s+\(tenant_id,`)
	ofTenant = regexp.MustCompile(`\btenant_id = \$\d+`)
)

// tenantTracer fails a test when a statement on a tenant table does not say
// which tenant it is for.
type tenantTracer struct {
	t    testing.TB
	mu   sync.Mutex
	seen map[string]bool
}

func newTenantTracer(t testing.TB) *tenantTracer {
	return &tenantTracer{t: t, seen: map[string]bool{}}
}

func (tr *tenantTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.seen[data.SQL] {
		return ctx
	}
	tr.seen[data.SQL] = true
	if missing := withoutTenant(data.SQL); missing != "" {
		tr.t.Errorf("%s is used without tenant_id = $n in\n%s", missing, data.SQL)
	}
	return ctx
}

func (tr *tenantTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// withoutTenant returns a use of a tenant table whose tenant is not a parameter
// of the statement, nor equal to that of another use.
func withoutTenant(query string) string {
	text := strings.Join(strings.Fields(query), " ")
	if strings.HasPrefix(text, "/* feed */") { // of all tenants: see the policy of that name
		return ""
	}
	uses := tableUse.FindAllStringSubmatch(text, -1)
	if len(uses) == 0 {
		return ""
	}
	if !ofTenant.MatchString(text) && !insertOf.MatchString(text) {
		return uses[0][0]
	}
	for _, use := range uses {
		name := use[2]
		if name == "" || clauses.MatchString(name) {
			if !ofTenant.MatchString(text) && !insertOf.MatchString(text) {
				return use[0]
			}
			continue
		}
		bound := regexp.MustCompile(`\b` + name + `\.tenant_id = (\$\d+|\w+\.tenant_id)|\w+\.tenant_id = ` + name + `\.tenant_id`)
		if !bound.MatchString(text) {
			return use[0]
		}
	}
	return ""
}

func TestTracerFindsStatementsWithoutTenant(t *testing.T) {
	t.Parallel()
	for query, ok := range map[string]bool{
		`select 1 from resources where tenant_id = $1`:                                                               true,
		`select 1 from resources where id = $1`:                                                                      false,
		`/* feed */ select tenant_id from tenant_sequences`:                                                          true,
		`select tenant_id /* feed */ from tenant_sequences`:                                                          false,
		`select 1 from resources r where r.tenant_id = $1 and r.id = $2`:                                             true,
		`select 1 from members m join resources r on r.id = m.member_id where m.tenant_id = $1`:                      false,
		`select 1 from members m join resources r on r.tenant_id = m.tenant_id where m.tenant_id = $1`:               true,
		`select 1 from members m cross join resources r where m.tenant_id = $1 and r.tenant_id = $1`:                 true,
		`update resources set version = 1 where id = $1`:                                                             false,
		`delete from members where group_id = $2`:                                                                    false,
		`insert into events (tenant_id, id) values ($1, $2)`:                                                         true,
		`insert into events (id, tenant_id) values ($1, $2)`:                                                         false,
		`select tenant_id from connections where id = $1`:                                                            true, // not a tenant table
		`select (select count(*) from members x where x.group_id = r.id) from resources r where r.tenant_id = $1`:    false,
		`insert into members (tenant_id, a) select $1, r.id from resources r where r.tenant_id = $1 and r.id = m.id`: true,
	} {
		if got := withoutTenant(query) == ""; got != ok {
			t.Errorf("%s: %t, want %t", query, got, ok)
		}
	}
}
