package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// entra provisions as Microsoft Entra ID does. modern is its feature flag
// aadOptscim062020, which makes the PATCH requests conform to the RFC.
type entra struct{ modern bool }

func (entra) traits() traits {
	return traits{workers: 8, batch: 100, lookUp: -1, uniqueGroups: true}
}

// headers: Entra names itself by no documented user agent.
func (entra) headers(r *http.Request) {
	r.Header.Set("User-Agent", "")
	r.Header.Set("Accept", mediaType)
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		r.Header.Set("Content-Type", mediaType+"; charset=utf-8")
	}
}

// test looks for people and groups that cannot exist: anything but 200 and an
// empty list puts the real service into quarantine. Then it looks its mapped
// attributes up in the server's schemas.
func (e entra) test(ctx context.Context, c *cycle) error {
	const step = "test connection"
	nobody := "f3b1a0c4-9d53-4c0e-8c55-" + strings.Repeat("0", 12)
	for _, path := range []string{e.findUser(nobody), e.findGroup(nobody)} {
		found, err := c.list(ctx, step, path, -1)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return c.contradict(step, http.MethodGet, path, http.StatusOK,
				errors.New("a random identifier finds something"))
		}
	}
	_, err := c.do(ctx, call{
		step: "read schemas", method: http.MethodGet, path: "/Schemas", want: []int{http.StatusOK}, check: hasMapping,
	})
	return passing(err)
}

func (entra) findUser(userName string) string {
	return "/Users?filter=" + url.QueryEscape(equals("userName", userName))
}

func (entra) findGroup(name string) string {
	return "/Groups?excludedAttributes=members&filter=" + url.QueryEscape(equals("displayName", name))
}

func (e entra) updateUser(ctx context.Context, c *cycle, id string, current document, desired *Person) error {
	operations := e.operations(current, desired)
	if len(operations) == 0 {
		return nil
	}
	return c.patch(ctx, "update users", users, id, nil, operations...)
}

func (e entra) setActive(ctx context.Context, c *cycle, id string, desired *Person) error {
	step := "deactivate users"
	if desired.Active {
		step = "reactivate users"
	}
	return c.patch(ctx, step, users, id, nil, e.active(desired.Active))
}

func (e entra) active(value bool) operation {
	if e.modern {
		return operation{"replace", "active", value}
	}
	text := "False"
	if value {
		text = "True"
	}
	return operation{"Replace", "active", text}
}

// verify looks somebody up by e-mail, and sends what the service sends from time
// to time without need: that an active user is active. It must change nothing.
func (e entra) verify(ctx context.Context, c *cycle, a account) error {
	const step = "look up by e-mail"
	path := "/Users?filter=" + url.QueryEscape(equals(`emails[type eq "work"].value`, a.person.Email))
	found, err := c.list(ctx, step, path, -1)
	if err != nil {
		return err
	}
	if len(found) != 1 || text(found[0]["id"]) != a.id {
		return c.contradict(step, http.MethodGet, path, http.StatusOK,
			fmt.Errorf("found %d users, not just %s", len(found), a.id))
	}
	before := version(found[0])
	if err := c.patch(ctx, "repeat what holds", users, a.id, nil, e.active(a.person.Active)); err != nil {
		return err
	}
	now, err := c.get(ctx, "repeat what holds", users, a.id, "")
	if err != nil {
		return err
	}
	if after := version(now); after != before {
		return c.contradict("repeat what holds", http.MethodPatch, "/Users/"+a.id, http.StatusOK,
			fmt.Errorf("active was repeated and meta.version went from %s to %s", before, after))
	}
	return nil
}

// hardDeletes: thirty days after they were deactivated.
func (entra) hardDeletes() bool { return true }

// lastly reads as inbound provisioning does: who is active and was changed since
// the year 1, with times to a tenth of a microsecond.
func (entra) lastly(ctx context.Context, c *cycle, people []document) error {
	const step, ticks = "inbound read", "2006-01-02T15:04:05.0000000Z"
	active := 0
	for _, p := range people {
		if p["active"] == true {
			active++
		}
	}
	filter := fmt.Sprintf(`active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastModified le "%s")`,
		time.Now().UTC().Add(24*time.Hour).Format(ticks))
	_, err := c.do(ctx, call{
		step: step, method: http.MethodGet, path: "/Users?filter=" + url.QueryEscape(filter) + "&count=5&startIndex=1",
		want: []int{http.StatusOK}, check: func(a *answer) error {
			p, err := readPage(a, 1, 5)
			if err == nil && p.total != active {
				err = fmt.Errorf("totalResults is %d, but %d users are active", p.total, active)
			}
			return err
		}})
	return err
}
