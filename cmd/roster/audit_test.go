package main

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants/audit"
)

// TestAuditVerifyFails: a row that was changed behind Roster's back makes the
// command fail and say which.
func TestAuditVerifyFails(t *testing.T) {
	t.Parallel()
	s := start(t)
	tenant := s.tenant(t, "Acme")
	s.connectionOf(t, tenant, "okta")
	if code, stdout, stderr := s.site.roster(t, "audit", "verify"); code != exitOK {
		t.Fatalf("before: %d\n%s%s", code, stdout, stderr)
	}
	db := s.site.rows(t)
	if _, err := db.ExecContext(t.Context(), `update audit set actor = 'nobody' where number = 2 and tenant_id <> ?`, audit.Installation); err != nil {
		t.Fatal(err)
	}
	code, stdout, _ := s.site.roster(t, "audit", "verify")
	if code != exitRefused || !strings.Contains(stdout, "BROKEN at row 2") || !strings.Contains(stdout, tenant.String()) {
		t.Errorf("%d\n%s", code, stdout)
	}
	if !strings.Contains(stdout, "installation") || strings.Count(stdout, "as written") == 0 {
		t.Errorf("the other logs are not told of:\n%s", stdout)
	}
}
