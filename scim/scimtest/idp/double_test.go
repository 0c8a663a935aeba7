package idp

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// double is a SCIM server in memory that knows just what the simulated providers
// send. Its hooks make it wrong on purpose.
type double struct {
	mu     sync.Mutex
	url    string
	last   int
	order  []string            // ids, as created
	stored map[string]document // by id; groups without members
	teams  map[string][]string // members by group
	seen   []exchange

	// before sees a request first and may answer it: then it returns true.
	before func(w http.ResponseWriter, r *http.Request) bool
	// after may change an answer, whose body is nil if it has none.
	after func(r *http.Request, status *int, h http.Header, body document)
	// storing may change what a write stores.
	storing func(resource document)
	// joining may change the members that a group gets.
	joining        func(ids []string) []string
	duplicates     bool // userNames and displayNames need not be unique
	busy           bool // a version changes with every write, needed or not
	sameGroupNames bool // only displayNames need not be unique
}

// exchange is a request as it was sent.
type exchange struct {
	method, uri string
	header      http.Header
	body        document
}

const doubleToken = "s3cret-token-z"

func newDouble(t *testing.T) *double {
	t.Helper()
	d := &double{stored: map[string]document{}, teams: map[string][]string{}}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.url = server.URL + "/scim/v2"
	return d
}

func (d *double) config(dialect Dialect, scenario Scenario) Config {
	return Config{
		Dialect: dialect, Scenario: scenario, BaseURL: d.url, Token: doubleToken, Users: 30, Groups: 5, Seed: 7,
		Retry: Retry{Backoff: time.Millisecond, Timeout: 20 * time.Second},
	}
}

func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body document
	decoder := json.NewDecoder(r.Body)
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil && r.ContentLength > 0 {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	d.seen = append(d.seen, exchange{r.Method, r.URL.RequestURI(), r.Header, plain(body)})
	d.mu.Unlock()
	if d.before != nil && d.before(w, r) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	status, answer := d.answer(r, body)
	if answer != nil {
		answer = plain(answer) // a copy
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	if meta, ok := answer["meta"].(document); ok {
		h.Set("ETag", text(meta["version"]))
		if status == http.StatusCreated {
			h.Set("Location", text(meta["location"]))
		}
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if d.after != nil {
		d.after(r, &status, h, answer)
	}
	w.WriteHeader(status)
	if len(answer) > 0 {
		_, _ = w.Write([]byte(encode(answer)))
	}
}

func problemOf(status int, scimType, detail string) (int, document) {
	return status, document{"schemas": []any{errorSchema}, "status": strconv.Itoa(status), "scimType": scimType, "detail": detail}
}

func (d *double) answer(r *http.Request, body document) (int, document) {
	if r.Header.Get("Authorization") != "Bearer "+doubleToken {
		return problemOf(http.StatusUnauthorized, "", "unknown token")
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/")
	if parts[0] == "Schemas" {
		return http.StatusOK, published()
	}
	k := users
	if parts[0] == "Groups" {
		k = groups
	}
	if len(parts) == 1 {
		if r.Method == http.MethodPost {
			return d.post(k, body)
		}
		return d.list(k, r)
	}
	if stored, ok := d.stored[parts[1]]; !ok || kindOf(stored) != k {
		return problemOf(http.StatusNotFound, "", "no such resource")
	}
	return d.one(k, parts[1], r, body)
}

func (d *double) one(k kind, id string, r *http.Request, body document) (int, document) {
	switch r.Method {
	case http.MethodGet:
		return http.StatusOK, d.show(id, r)
	case http.MethodDelete:
		d.delete(id)
		return http.StatusNoContent, nil
	case http.MethodPut:
		fresh := d.writable(body)
		fresh["id"], fresh["meta"] = id, d.stored[id]["meta"]
		d.save(id, fresh)
		if d.busy {
			d.touch(id)
		}
		if k == groups {
			d.join(id, nil, true)
			d.join(id, memberIDs(body), false)
		}
		return http.StatusOK, d.show(id, r)
	default:
		before := encode(d.stored[id]) + fmt.Sprint(d.teams[id])
		d.patch(id, body)
		if d.busy || before != encode(d.stored[id])+fmt.Sprint(d.teams[id]) {
			d.touch(id)
		}
		if k == groups {
			return http.StatusNoContent, nil
		}
		return http.StatusOK, d.show(id, r)
	}
}

func kindOf(stored document) kind {
	if _, ok := stored["userName"]; ok {
		return users
	}
	return groups
}

// writable is what a client may set, without what has no value.
func (d *double) writable(body document) document {
	fresh := withoutEmpty(body)
	for _, name := range []string{"members", "groups", "password", "meta", "id"} {
		delete(fresh, name)
	}
	if text, ok := fresh["active"].(string); ok {
		fresh["active"] = strings.EqualFold(text, "true")
	}
	if extension, ok := fresh[enterpriseSchema].(document); ok {
		if manager, ok := extension["manager"].(document); ok && manager["value"] == nil {
			delete(extension, "manager") // by names that no schema has
		}
	}
	return fresh
}

func (d *double) post(k kind, body document) (int, document) {
	unique := "userName"
	if k == groups {
		unique = "displayName"
	}
	for _, each := range d.stored {
		if each[unique] == body[unique] && kindOf(each) == k && !d.duplicates && (k == users || !d.sameGroupNames) {
			return problemOf(http.StatusConflict, "uniqueness", "taken")
		}
	}
	d.last++
	id := fmt.Sprintf("id-%06d", d.last)
	fresh := d.writable(body)
	fresh["id"] = id
	fresh["meta"] = document{
		"resourceType": k.name, "location": d.url + k.endpoint + "/" + id, "version": `W/"1"`,
		"created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z",
	}
	d.order = append(d.order, id)
	d.save(id, fresh)
	d.join(id, memberIDs(body), false)
	return http.StatusCreated, d.show(id, nil)
}

func (d *double) save(id string, fresh document) {
	fresh = plain(fresh)
	if d.storing != nil {
		d.storing(fresh)
	}
	d.stored[id] = fresh
	if kindOf(fresh) == users {
		fresh["schemas"] = []any{userSchema, enterpriseSchema}
	} else {
		fresh["schemas"] = []any{groupSchema}
	}
}

// touch counts the version on.
func (d *double) touch(id string) {
	meta, _ := d.stored[id]["meta"].(document)
	meta["version"] = fmt.Sprintf(`W/"%d"`, len(d.seen)+1)
}

func (d *double) join(group string, ids []string, whole bool) {
	if d.joining != nil {
		ids = d.joining(ids)
	}
	if whole {
		d.teams[group] = nil
	}
	for _, id := range ids {
		if !slices.Contains(d.teams[group], id) {
			d.teams[group] = append(d.teams[group], id)
		}
	}
}

func (d *double) delete(id string) {
	delete(d.stored, id)
	delete(d.teams, id)
	d.order = slices.DeleteFunc(d.order, func(each string) bool { return each == id })
	for group, ids := range d.teams {
		d.teams[group] = slices.DeleteFunc(ids, func(each string) bool { return each == id })
	}
}

// show is a resource as it is answered.
func (d *double) show(id string, r *http.Request) document {
	shown := maps.Clone(d.stored[id])
	if kindOf(shown) == users {
		var in []any
		for group, ids := range d.teams {
			if slices.Contains(ids, id) {
				in = append(in, document{"value": group, "type": "direct"})
			}
		}
		shown["groups"] = in
		return shown
	}
	if r == nil || !strings.Contains(r.URL.RawQuery, "excludedAttributes=members") {
		var members []any
		for _, member := range d.teams[id] {
			members = append(members, document{"value": member, "type": "User", "$ref": d.url + "/Users/" + member})
		}
		shown["members"] = members
	}
	return shown
}

func (d *double) list(k kind, r *http.Request) (int, document) {
	query := r.URL.Query()
	start, count := max(1, atoi(query.Get("startIndex"), 1)), atoi(query.Get("count"), 100)
	found := []any{}
	for _, id := range d.order {
		if kindOf(d.stored[id]) == k && d.matches(d.stored[id], query.Get("filter")) {
			found = append(found, d.show(id, r))
		}
	}
	total := len(found)
	found = found[min(start-1, total):min(start-1+count, total)]
	return http.StatusOK, document{
		"schemas": []any{listSchema}, "totalResults": total, "startIndex": start, "itemsPerPage": len(found), "Resources": found,
	}
}

func atoi(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// matches knows the providers' filters: attribute eq "value", joined by and.
func (d *double) matches(resource document, filter string) bool {
	for condition := range strings.SplitSeq(filter, " and ") {
		at := strings.LastIndex(condition, " eq ")
		if at < 0 {
			continue // no filter, or a comparison of times that holds for all
		}
		attribute, value := condition[:at], strings.Trim(condition[at+4:], `"`)
		switch attribute {
		case "active":
			if fmt.Sprint(resource["active"]) != value {
				return false
			}
		case "emails":
			if !hasEmail(resource, value) {
				return false
			}
		case "manager":
			extension, _ := resource[enterpriseSchema].(document)
			manager, _ := extension["manager"].(document)
			if text(manager["value"]) != value {
				return false
			}
		default:
			if !strings.EqualFold(targetOf(attribute).read(resource), value) {
				return false
			}
		}
	}
	return true
}

func hasEmail(resource document, address string) bool {
	list, _ := resource["emails"].([]any)
	return slices.ContainsFunc(list, func(each any) bool {
		email, _ := each.(document)
		return text(email["value"]) == address
	})
}

// published are schemas with everything that is mapped.
func published() document {
	var core, extension []any
	for _, m := range mapping {
		attribute := document{"name": m.attribute, "subAttributes": []any{document{"name": m.sub}}}
		if m.extension {
			extension = append(extension, attribute)
		} else {
			core = append(core, attribute)
		}
	}
	return document{"schemas": []any{listSchema}, "totalResults": 2, "Resources": []any{
		document{"id": userSchema, "attributes": core}, document{"id": enterpriseSchema, "attributes": extension},
	}}
}
