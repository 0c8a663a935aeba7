package redisdb

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

func TestSuitable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, info string
		cluster    bool
		says       string
	}{
		{"Redis 7", "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n", false, ""},
		{"Redis 10", "redis_version:10.0.0\r\nredis_mode:standalone\r\n", false, ""},
		{"Valkey 9", "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.0\r\nredis_mode:standalone\r\n", false, ""},
		{"cluster", "redis_version:7.2.0\r\nredis_mode:cluster\r\n", true, ""},
		{"old", "redis_version:6.2.14\r\nredis_mode:standalone\r\n", false, `"6.2.14"`},
		{"silent", "", false, "needs 7"},
		{"node of a cluster", "redis_version:7.2.0\r\nredis_mode:cluster\r\n", false, "?cluster=true"},
		{"sentinel", "redis_version:7.2.0\r\nredis_mode:sentinel\r\n", false, "redis+sentinel://"},
	} {
		err := suitable(c.info, c.cluster)
		if (c.says == "" && err != nil) || (c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says))) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		}
	}
}

// TestPasswords: what to change is said, the password is not.
func TestPasswords(t *testing.T) {
	t.Parallel()
	addr := servers.NewRedis(t, servers.WithArgs("--requirepass", "correct")).Addr()
	for _, c := range []struct{ url, says string }{
		{"redis://:correct@" + addr, ""},
		{"redis://default:correct@" + addr + "/3", ""},
		{"redis://" + addr, "wants a password"},
		{"redis://:hunter2@" + addr, "refuses user or password"},
		{"redis://somebody:hunter2@" + addr, "refuses user or password"},
	} {
		err := open(t, c.url, patient).Check(t.Context())
		if (c.says == "" && err != nil) || (c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret))) {
			t.Errorf("%s: %v, want it to say %q", c.url, err, c.says)
		}
	}
}

func TestNoCluster(t *testing.T) {
	t.Parallel()
	db := open(t, servers.Redis(t)+"?cluster=true", patient)
	if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "not part of one") {
		t.Errorf("a single Redis as a cluster: %v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, name string }{{"redis://h:0", "x"}, {"redis://h", "two words"}} {
		if db, err := Open(t.Context(), c.url, Options{Name: c.name}); err == nil {
			t.Errorf("%s, %q: accepted", c.url, c.name)
			_ = db.Close()
		}
	}
}
