package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

type object = map[string]any

// double is a SCIM server in memory, with a directory for each token. Tests make
// it answer wrongly.
type double struct {
	url  string
	bulk int // operations at a time; 0: none
	deaf bool
	// spoil may replace an answer; nil: every answer is right.
	spoil func(method, path string, status int, body string) (int, string)
	// busy may refuse a request before anything is done, or an operation of one,
	// whose path is "/Bulk/Users"; 0: it does not. nil: there is always time.
	busy       func(method, path string) (status int)
	retryAfter string

	mu          sync.Mutex
	directories map[string]*directory
	requests    map[string]int // by method and the kind of path
	sizes       []int          // of the Bulk requests, in operations
}

type directory struct {
	users  []object
	groups []object
	next   int
}

func serveDouble(t *testing.T, set func(*double)) *double {
	t.Helper()
	d := &double{bulk: 50, directories: map[string]*directory{}, requests: map[string]int{}}
	if set != nil {
		set(d)
	}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.url = server.URL + "/scim/v2"
	return d
}

func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || int64(len(body)) != max(r.ContentLength, 0) || !strings.HasPrefix(r.URL.Path, "/scim/v2/") {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/scim/v2")
	d.mu.Lock()
	token := r.Header.Get("Authorization")
	if d.directories[token] == nil {
		d.directories[token] = &directory{}
	}
	d.requests[r.Method+" "+kindOf(path)]++
	status, answer := d.answer(d.directories[token], r, path, body)
	text := ""
	if answer != nil {
		data, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		text = string(data)
	}
	if d.spoil != nil {
		status, text = d.spoil(r.Method, path, status, text)
	}
	d.mu.Unlock()
	if busy(status) && d.retryAfter != "" {
		w.Header().Set("Retry-After", d.retryAfter)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// kindOf is a path without an id.
func kindOf(path string) string { return "/" + strings.SplitN(path[1:], "/", 2)[0] }

func (d *double) answer(dir *directory, r *http.Request, path string, body []byte) (int, any) {
	kind, id := kindOf(path), strings.TrimPrefix(strings.TrimPrefix(path, kindOf(path)), "/")
	var sent object
	if len(body) > 0 && json.Unmarshal(body, &sent) != nil {
		return 400, nil
	}
	if operations, ok := sent["Operations"].([]any); ok && kind == "/Bulk" {
		d.sizes = append(d.sizes, len(operations))
	}
	if status := d.refuses(r.Method, path); status != 0 {
		return status, nil
	}
	list := &dir.users
	if kind == "/Groups" {
		list = &dir.groups
	}
	switch {
	case kind == "/ServiceProviderConfig":
		return 200, object{"bulk": object{"supported": d.bulk > 0, "maxOperations": d.bulk, "maxPayloadSize": 1 << 20},
			"pagination": object{"cursor": !d.deaf}}
	case kind == "/Bulk":
		return 200, d.bulkAnswer(dir, sent)
	case r.Method == http.MethodPost:
		return dir.create(list, sent)
	case id == "":
		return 200, dir.list(r)
	}
	at := slices.IndexFunc(*list, func(o object) bool { return o["id"] == id })
	if at < 0 {
		return 404, nil
	}
	switch found := (*list)[at]; r.Method {
	case http.MethodDelete:
		*list = slices.Delete(*list, at, at+1)
		return 204, nil
	case http.MethodPut:
		sent["id"] = id
		(*list)[at] = sent
		return 200, sent
	case http.MethodPatch:
		return patched(found, sent)
	default:
		return 200, found
	}
}

func (d *double) refuses(method, path string) int {
	if d.busy == nil {
		return 0
	}
	return d.busy(method, path)
}

func (dir *directory) create(list *[]object, sent object) (int, any) {
	for _, o := range *list {
		if sent["userName"] != nil && o["userName"] == sent["userName"] {
			return 409, object{"detail": "taken"}
		}
	}
	dir.next++
	sent["id"] = "id-" + strconv.Itoa(dir.next)
	*list = append(*list, sent)
	return 201, sent
}

func (d *double) bulkAnswer(dir *directory, sent object) object {
	results := []object{}
	for _, each := range sent["Operations"].([]any) {
		o := each.(object)
		status, made := d.refuses("POST", "/Bulk/Users"), any(nil)
		if status == 0 {
			status, made = dir.create(&dir.users, o["data"].(object))
		}
		result := object{"bulkId": o["bulkId"], "status": strconv.Itoa(status)}
		if status == 201 {
			result["location"] = d.url + "/Users/" + made.(object)["id"].(string)
		}
		results = append(results, result)
	}
	if len(results) > d.bulk {
		return object{}
	}
	return object{"Operations": results}
}

func (dir *directory) list(r *http.Request) object {
	query, users := r.URL.Query(), dir.users
	if name, ok := strings.CutPrefix(query.Get("filter"), `userName eq "`); ok {
		users = nil
		for _, u := range dir.users {
			if u["userName"] == strings.TrimSuffix(name, `"`) {
				users = append(users, u)
			}
		}
	}
	count, err := strconv.Atoi(query.Get("count"))
	if err != nil {
		count = len(users)
	}
	start := max(1, number(query.Get("startIndex")))
	if query.Has("cursor") {
		start = max(1, number(query.Get("cursor")))
	}
	end := min(start-1+count, len(users))
	page := object{"totalResults": len(users), "Resources": users[min(start-1, end):end]}
	if query.Has("cursor") && end < len(users) {
		page["nextCursor"] = strconv.Itoa(end + 1)
	}
	return page
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

var memberPath = regexp.MustCompile(`^members\[value eq "(.*)"\]$`)

// patched understands the operations that a run sends.
func patched(o object, sent object) (int, any) {
	members, _ := o["members"].([]any)
	for _, each := range sent["Operations"].([]any) {
		op := each.(object)
		path, _ := op["path"].(string)
		gone := memberPath.FindStringSubmatch(path)
		switch {
		case gone != nil:
			members = slices.DeleteFunc(members, func(m any) bool { return m.(object)["value"] == gone[1] })
		case path == "members":
			members = append(members, op["value"].([]any)...)
		case path == "":
			for name, value := range op["value"].(object) {
				o[name] = value
			}
		default:
			o[path] = op["value"]
		}
	}
	if _, isGroup := o["displayName"].(string); isGroup && o["userName"] == nil {
		o["members"] = members
		return 204, nil
	}
	return 200, o
}

func (d *double) counts(token string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir := d.directories["Bearer "+token]
	if dir == nil {
		return "no directory"
	}
	return fmt.Sprintf("%d users, %d groups", len(dir.users), len(dir.groups))
}
