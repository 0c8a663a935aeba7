package scimhttp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim/scimhttp"
)

// BenchmarkBulk carries out 1,000 operations with forward references in one bulk
// request and, in a directory beside it, as single requests. It reports both
// medians of time and how many times the single ones' cost the bulk's is.
func BenchmarkBulk(b *testing.B) {
	t := newBench(b)
	t.configure(func(c *scimhttp.Config) { c.MaxBody = scimhttp.DefaultMaxBody })
	var bulk, single time.Duration
	for i := 0; b.Loop(); i++ {
		t.admission.Directory.ConnectionID = uuid.NewString()
		bulk += measure(func() { onceInBulk(b, t) })
		t.admission.Directory.ConnectionID = uuid.NewString()
		single += measure(func() { oneByOne(b, t) })
	}
	b.ReportMetric(bulk.Seconds()*1e3/float64(b.N), "ms/bulk")
	b.ReportMetric(single.Seconds()*1e3/float64(b.N), "ms/single")
	b.ReportMetric(bulk.Seconds()/single.Seconds(), "bulk/single")
}

func measure(fn func()) time.Duration {
	begin := time.Now()
	fn()
	return time.Since(begin)
}

const (
	benchGroups = 50
	benchUsers  = 19 // of each group
)

func benchUser(g, u int, manager string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user%d.%d@example.com",
		"externalId":"e-%d-%d","active":true,"name":{"givenName":"Noor","familyName":"Haddad"},
		"emails":[{"type":"work","primary":true,"value":"user%d.%d@example.com"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":%q}}}`, g, u, g, u, g, u, manager)
}

func benchGroup(g int, member func(u int) string) string {
	members := make([]string, benchUsers)
	for u := range members {
		members[u] = fmt.Sprintf(`{"value":%q}`, member(u))
	}
	return fmt.Sprintf(`{"displayName":"Group %d","members":[%s]}`, g, strings.Join(members, ","))
}

// onceInBulk names every group before its members, and every user before the
// manager.
func onceInBulk(b *testing.B, t *bench) {
	b.Helper()
	operations := make([]string, 0, benchGroups*(benchUsers+1))
	for g := range benchGroups {
		member := func(u int) string { return fmt.Sprintf("bulkId:u%d-%d", g, u) }
		operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":"g%d","data":%s}`, g, benchGroup(g, member)))
		for u := range benchUsers {
			manager := ""
			if u < benchUsers-1 {
				manager = member(u + 1)
			}
			operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"u%d-%d","data":%s}`, g, u, benchUser(g, u, manager)))
		}
	}
	for _, o := range t.bulk(b, operations...) {
		if o.Status != "201" {
			b.Fatalf("%+v", o)
		}
	}
}

func oneByOne(b *testing.B, t *bench) {
	b.Helper()
	for g := range benchGroups {
		ids := make([]string, benchUsers+1)
		for u := benchUsers - 1; u >= 0; u-- {
			ids[u] = t.want(b, 201, "POST", "/Users", benchUser(g, u, ids[u+1]))["id"].(string)
		}
		t.want(b, 201, "POST", "/Groups", benchGroup(g, func(u int) string { return ids[u] }))
	}
}
