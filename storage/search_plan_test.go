package storage

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// TestPagesBehindMarksReadByIndex: what is before a mark is not read, and no
// page is sorted that the index has in order.
func TestPagesBehindMarksReadByIndex(t *testing.T) {
	t.Parallel()
	const byPosition = "SEARCH r USING INDEX resources_position (tenant_id=? AND connection_id=? AND resource_type=? AND position>?)"
	for _, test := range []struct {
		kind *schema.ResourceType
		text string
		want []string
	}{
		{userType, ``, []string{byPosition}},
		{userType, `name.familyName co "x" and not (active eq true)`, []string{byPosition}},
		{groupType, `displayName sw "x" or members pr`, []string{byPosition}},
		{userType, `userName eq "x"`, []string{"SEARCH d USING PRIMARY KEY (tenant_id=? AND connection_id=? AND resource_type=? AND attribute=? AND value=?)"}},
		{groupType, `members eq "0190c0de-0000-7000-8000-000000000001"`, []string{"SEARCH d USING COVERING INDEX members_member (tenant_id=? AND member_id=?)"}},
	} {
		f := newFixture(t)
		s := f.selection(test.kind, nil)
		if test.text != "" {
			s = f.selection(test.kind, bind(t, test.kind, test.text))
		}
		query, values := s.pageBehind(0, 900_000, 101, scim.With{})
		lines := f.rows("explain query plan "+query, values...)
		wantPlan(t, lines, test.want)
		for _, line := range lines {
			if !s.driven && strings.Contains(line, "ORDER BY") {
				t.Errorf("%s: the plan sorts: %s", test.text, line)
			}
		}
	}
}
