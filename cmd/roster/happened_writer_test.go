package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// labourer is a writer that goes on when it was refused. What it then does not
// know it forgets, and begins with another group and other people: it is others
// that have to know.
type labourer struct {
	client       *client
	name         string
	lives        int
	acknowledged atomic.Int64
}

// workPause is the most that a labourer rests between two writes.
const workPause = 150 * time.Millisecond

func (l *labourer) work(ctx context.Context) {
	for ctx.Err() == nil {
		l.lives++
		w := &writer{client: l.client, name: fmt.Sprintf("%s-%d", l.name, l.lives), users: map[string]*written{}}
		if !l.begin(w) {
			rest(ctx, workPause)
			continue
		}
		for ctx.Err() == nil && l.step(w) {
			l.acknowledged.Add(1)
			rest(ctx, rand.N(workPause))
		}
	}
}

func (l *labourer) begin(w *writer) bool {
	r, err := l.client.try(http.MethodPost, "/Groups", group("Group of "+w.name))
	if err != nil || r.status != http.StatusCreated {
		return false
	}
	var made struct{ ID string }
	w.group = ""
	if json.Unmarshal(r.body, &made) == nil {
		w.group = made.ID
	}
	return w.group != ""
}

// step does what writers do, and at times something else that is told of.
func (l *labourer) step(w *writer) bool {
	const others = 4
	if rand.IntN(others) > 0 {
		return w.step()
	}
	for _, u := range w.users {
		if u.gone[0] {
			continue
		}
		switch rand.IntN(others) {
		case 0:
			return l.patch("/Users/"+u.id, `{"op":"replace","path":"active","value":false}`)
		case 1:
			return l.patch("/Users/"+u.id, `{"op":"replace","value":{"active":true,"displayName":"Nobody"}}`)
		case 2:
			return l.patch("/Groups/"+w.group, fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, u.id))
		}
		return l.patch("/Groups/"+w.group, fmt.Sprintf(`{"op":"replace","path":"displayName","value":"Group %d of %s"}`, w.serial, w.name))
	}
	r, err := l.client.try(http.MethodDelete, "/Groups/"+w.group, "")
	return err == nil && r.status == http.StatusNoContent && l.begin(w)
}

func (l *labourer) patch(path, operation string) bool {
	r, err := l.client.try(http.MethodPatch, path, patchOp(operation))
	return err == nil && r.status/100 == 2
}

// rest waits, or less if the context ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// directory is what SCIM reads show of a connection.
func (c *client) directory(t *testing.T) replica {
	t.Helper()
	r := replica{map[string]map[string]any{}, map[string]map[string]bool{}}
	c.every(t, "/Users", func(document map[string]any) { r.documents[document["id"].(string)] = document })
	c.every(t, "/Groups", func(document map[string]any) {
		id := document["id"].(string)
		r.documents[id] = document
		list, _ := document["members"].([]any)
		for _, m := range list {
			if r.members[id] == nil {
				r.members[id] = map[string]bool{}
			}
			r.members[id][m.(map[string]any)["value"].(string)] = true
		}
	})
	return r
}

// every visits all resources at an endpoint.
func (c *client) every(t *testing.T, endpoint string, visit func(map[string]any)) {
	t.Helper()
	for start := 1; ; {
		query := url.Values{"startIndex": {fmt.Sprint(start)}, "count": {"100"}}
		page := c.want(t, http.StatusOK, http.MethodGet, endpoint+"?"+query.Encode(), "")
		list, _ := page["Resources"].([]any)
		for _, r := range list {
			visit(r.(map[string]any))
		}
		start += len(list)
		if total, _ := page["totalResults"].(float64); len(list) == 0 || start > int(total) {
			return
		}
	}
}
