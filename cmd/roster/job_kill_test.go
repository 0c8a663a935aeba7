package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestKillJob kills the server while it tells the vendor of everybody whose
// access a mapping has changed: in the end each is told of exactly once.
func TestKillJob(t *testing.T) {
	t.Parallel()
	for _, b := range chosen(t) {
		if b == onCluster { // jobs know nothing of Redis
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			people, kills := 2_000, 1
			if soak() > 0 {
				people, kills = 20_000, 3
			}
			testKillJob(t, b, people, kills)
		})
	}
}

func testKillJob(t *testing.T, b *backend, people, kills int) {
	t.Helper()
	p := b.process(t)
	p.start(t)
	c := p.connection(t, "Acme")
	vendor := &caller{url: "http://" + p.listen, bearer: p.command1(t, "apikey", "create", "--name", "Backend")["key"].(string)}
	tenant := vendor.items(t, "/api/v1/tenants")[0]["id"].(string)
	path := "/api/v1/tenants/" + tenant
	group, member := crowd(t, c, people)
	vendor.want(t, 201, "POST", "/api/v1/roles", map[string]any{"key": "editor", "name": "Editor", "rank": 1, "grantable": true})
	put := vendor.want(t, 200, "PUT", path+"/groups/"+group+"/role-mappings",
		map[string]any{"mappings": []map[string]any{{"entry_point": "*", "role": "editor"}}})
	if access := vendor.want(t, 200, "GET", path+"/users/"+member+"/access", nil)["access"].([]any); len(access) != 1 {
		t.Errorf("the next reading shows %v", access)
	}
	job := path + "/jobs/" + put["job_id"].(string)
	cut := 0
	for range kills {
		moment := time.NewTimer(rand.N(time.Duration(people) * 100 * time.Microsecond))
		<-moment.C
		p.kill(t)
		p.settle(t)
		p.start(t)
		if told(t, p.site.rows(t)) < people {
			cut++
		}
	}
	eventually(t, "everybody is told of", func() bool { return vendor.want(t, 200, "GET", job, nil)["state"] != "running" })
	done := vendor.want(t, 200, "GET", job, nil)
	if done["state"] != "done" || done["done"] != float64(people) || done["total"] != float64(people) {
		t.Errorf("the job is %v", done)
	}
	p.kill(t)
	p.settle(t)
	db := p.site.rows(t)
	if n := told(t, db); n != people {
		t.Errorf("%d events for %d people", n, people)
	}
	each(t, db, `select resource_id, count(*) from events where type = 'user.access_changed' group by resource_id having count(*) > 1`,
		func(scan func(...any) error) error {
			var id string
			var n int
			err := scan(&id, &n)
			t.Errorf("of %s was told %d times", id, n)
			return err
		})
	p.site.journalAgrees(t)
	t.Logf("%d people, killed %d times, %d of them before all were told of", people, kills, cut)
}

// told is how many events tell of a change of access.
func told(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(`select count(*) from events where type = 'user.access_changed'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// command1 runs a command beside the server and returns its one object.
func (p *process) command1(t *testing.T, args ...string) map[string]any {
	t.Helper()
	out, err := p.roster(t.Context(), append(args, "--json")...).Output()
	if err != nil {
		t.Fatalf("roster %v: %v\n%s", args, err, out)
	}
	var object map[string]any
	if err := json.Unmarshal(out, &object); err != nil {
		t.Fatalf("roster %v: %v\n%s", args, err, out)
	}
	return object
}

// crowd provisions people and a group with all of them, and returns the group and
// one of its members.
func crowd(t *testing.T, c *client, people int) (group, member string) {
	t.Helper()
	const atOnce = 500
	group = c.createGroup(t, "Everybody")
	for first := 0; first < people; first += atOnce {
		var operations []string
		for i := first; i < min(first+atOnce, people); i++ {
			operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"u%d","data":%s}`, i, user(fmt.Sprintf("p%d@example.com", i))))
		}
		r := c.send(t, http.MethodPost, "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`+strings.Join(operations, ",")+`]}`)
		if r.status != http.StatusOK {
			t.Fatalf("bulk: %d %s", r.status, r.body)
		}
		var members []string
		for _, op := range r.object(t)["Operations"].([]any) {
			location, _ := op.(map[string]any)["location"].(string)
			member = location[strings.LastIndexByte(location, '/')+1:]
			members = append(members, fmt.Sprintf(`{"value":%q}`, member))
		}
		c.want(t, http.StatusNoContent, http.MethodPatch, "/Groups/"+group,
			patchOp(`{"op":"add","path":"members","value":[`+strings.Join(members, ",")+`]}`))
	}
	return group, member
}
