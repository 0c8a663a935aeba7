package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// known is what is known to exist: ids with the path that leads to them, names
// to confirm with, and cursors.
type known struct {
	settled map[string]bool                // the ids of what must stay
	things  map[string][]map[string]string // by kind; each has the parameters of its path, itself included
	names   map[string]string              // by id
	cursors map[string][]string            // by operation
}

func newKnown() *known {
	return &known{settled: map[string]bool{}, things: map[string][]map[string]string{}, names: map[string]string{}, cursors: map[string][]string{}}
}

// settle adds what must stay.
func (k *known) settle(kind string, path map[string]string, id string) {
	k.add(kind, path, id)
	k.settled[id] = true
}

// maxKnown bounds what is remembered of each kind; the newest are the likeliest
// to be there still.
const maxKnown = 40

func (k *known) add(kind string, path map[string]string, id string) {
	thing := maps.Clone(path)
	if thing == nil {
		thing = map[string]string{}
	}
	thing[kind] = id
	list := k.things[kind]
	list = slices.DeleteFunc(list, func(other map[string]string) bool { return maps.Equal(other, thing) })
	list = append(list, thing)
	if len(list) > maxKnown {
		oldest := slices.IndexFunc(list, func(thing map[string]string) bool { return !k.settled[thing[kind]] })
		list = slices.Delete(list, oldest, oldest+1)
	}
	k.things[kind] = list
}

// pick chooses a thing of a kind: the newest, the first, which stays, or any.
func (k *known) pick(rng *rand.Rand, kind string) map[string]string {
	list := k.things[kind]
	if len(list) == 0 {
		return nil
	}
	switch rng.IntN(3) {
	case 0:
		return list[len(list)-1]
	case 1:
		return list[0]
	}
	return list[rng.IntN(len(list))]
}

// forget drops a thing that was deleted, and what was below it. Now and then it is
// kept, to be asked for all the same; what can be restored always is.
func (k *known) forget(op *fuzzOperation, path map[string]string, keep bool) {
	kind := kindOf(op.path)
	if path[kind] == "" { // it ends something else, such as a rotation
		return
	}
	for other, list := range k.things {
		if other == kind && (keep || kind == "tenant" || kind == "connection") {
			continue
		}
		k.things[other] = slices.DeleteFunc(list, func(thing map[string]string) bool { return thing[kind] == path[kind] })
	}
}

// prefixes are the kinds of control-plane ids.
var prefixes = map[string]string{
	"ten": "tenant", "con": "connection", "tok": "token", "asg": "assignment", "job": "job",
	"lnk": "link", "ses": "session", "key": "key", "iss": "issuer",
	"whk": "webhook", "dlv": "delivery", "rpl": "replay", "req": "request", "cyc": "cycle",
}

var controlPlaneID = regexp.MustCompile(`^([a-z]{3})[0-7][0-9a-hjkmnp-tv-z]{25}$`)

// learn remembers what an answer shows.
func (k *known) learn(op *fuzzOperation, path map[string]string, body []byte) {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	if cursor, ok := answer["next_cursor"].(string); ok {
		k.cursors[op.OperationID] = append(k.cursors[op.OperationID], cursor)
	}
	if things, ok := answer["items"].([]any); ok {
		for _, thing := range things {
			k.thing(op, path, thing)
		}
		return
	}
	k.thing(op, path, answer)
	k.thing(op, path, answer["token"]) // of createConnection
}

// thing remembers one thing.
func (k *known) thing(op *fuzzOperation, path map[string]string, value any) {
	thing, _ := value.(map[string]any)
	id, _ := thing["id"].(string)
	name, _ := thing["name"].(string)
	if state, _ := thing["state"].(string); state == "revoked" {
		return
	}
	if op.method != http.MethodPost && !strings.Contains(op.path, "{tenant}") && !strings.Contains(op.path, "{webhook}") {
		return // other tests use this server too: what they made for all tenants is theirs
	}
	if match := controlPlaneID.FindStringSubmatch(id); match != nil {
		k.names[id] = name
		at := k.at(op, path, thing, prefixes[match[1]])
		k.add(prefixes[match[1]], at, id)
		if old, ok := thing["replaces"].(string); ok { // what a rotation is finished or cancelled by
			k.add("token", at, old)
		}
		return
	}
	key, _ := thing["key"].(string)
	switch last := kindOf(op.path); {
	case id != "" && (last == "user" || last == "group"):
		k.add(last, path, id)
	case key != "" && (last == "role" || last == "entry_point"):
		k.add(last, path, key)
	case name != "" && last == "schema":
		k.add(last, path, name)
	}
}

// at is the path that leads to a thing: that of the request, and what the thing
// says itself.
func (k *known) at(op *fuzzOperation, path map[string]string, thing map[string]any, kind string) map[string]string {
	at := map[string]string{}
	for name, value := range path {
		if strings.Contains(op.path, "{"+name+"}") {
			at[name] = value
		}
	}
	if user, ok := thing["user"].(map[string]any); ok && kind == "assignment" {
		at["user"], _ = user["id"].(string)
	}
	if connection, ok := thing["connection"].(map[string]any); ok && (kind == "request" || kind == "cycle") {
		at["connection"], _ = connection["id"].(string)
	}
	if tenant, ok := thing["tenant_id"].(string); ok && !strings.Contains(op.path, "{webhook}") {
		at["tenant"] = tenant
	}
	return at
}

// kindOf is what the things at a path are: those of /users are users.
func kindOf(path string) string {
	segments := strings.Split(path, "/")
	last := segments[len(segments)-1]
	if strings.HasPrefix(last, "{") {
		return strings.Trim(last, "{}")
	}
	return strings.ReplaceAll(strings.TrimSuffix(last, "s"), "-", "_")
}
