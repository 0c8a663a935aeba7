package conformance_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

var createFaults = []fault{
	{name: "200 instead of 201", found: "7644-3.3-01", after: func(x *traffic) {
		if x.status == 201 {
			x.status = 200
		}
	}},
	{name: "no Location", found: "7644-3.3-02,7643-2.3.7-01", after: func(x *traffic) { x.header.Del("Location") }},
	{name: "a creation answers without a body", found: "7644-3.3-03", after: func(x *traffic) {
		if x.status == 201 {
			x.out, x.raw = nil, []byte{}
		}
	}},
	{name: "the client's id is taken", found: "7643-3.1-02", after: func(x *traffic) {
		if x.status == 201 && x.in["id"] != nil {
			x.out["id"] = x.in["id"]
		}
	}},
	{name: "a conflict is a bad request", found: "7644-3.3-06,7643-4.1.1-03", after: func(x *traffic) {
		if x.status == 409 {
			x.status = 400
		}
	}},
	{name: "userName is unique with case", found: "7643-4.1.1-03", before: func(x *traffic) {
		if name, _ := x.in["userName"].(string); x.on("POST", "/Users") && name != strings.ToLower(name) {
			x.in["userName"] = name + "-other"
		}
	}},
	{name: "passwords are shown", found: "7643-4.1.1-04", after: func(x *traffic) {
		if secret := x.in["password"]; secret != nil && x.status < 300 {
			x.out["password"] = secret
		}
	}},
	{name: "the last of several members is dropped", found: "7643-4.2-04,7644-3.5.2.1-12,7644-3.5.2.3-13", before: func(x *traffic) {
		x.in = dropMember(x.in)
		x.operations(func(op object) {
			if list, ok := op["value"].([]any); ok && op["path"] == "members" && len(list) > 1 {
				op["value"] = list[:len(list)-1]
			}
		})
	}},
	{name: "PUT creates", found: "7644-3.5.1-08,7644-3.5.1-09", after: func(x *traffic) {
		if x.Method == http.MethodPut && x.status == 404 {
			created := x.send("POST", x.URL.Path[:strings.LastIndex(x.URL.Path, "/")], x.in)
			x.status, x.header, x.out = 200, created.header, created.out
		}
	}},
	{name: "DELETE does nothing", found: "7644-3.6-02,7644-3.6-03,7644-3.6-04", before: func(x *traffic) {
		if x.Method == http.MethodDelete {
			x.answer(204)
		}
	}},
	{name: "created moves", found: "7643-3.1-09", after: func(x *traffic) {
		x.resources(func(r object) { setMeta(r, "created", time.Now().UTC().Format(time.RFC3339Nano)) })
	}},
	{name: "location is that of another server", found: "7643-3.1-10", after: func(x *traffic) {
		x.resources(func(r object) { setMeta(r, "location", "https://other.example.com/x") })
	}},
	{name: "two values are primary", found: "7643-2.4-02,7644-3.5.2-09,7644-3.5.2-10", before: func(x *traffic) {
		if list, _ := x.in["emails"].([]any); len(list) > 1 {
			delete(list[0].(object), "primary")
		}
	}, after: func(x *traffic) {
		x.resources(func(r object) {
			list, _ := r["emails"].([]any)
			for _, e := range list {
				e.(object)["primary"] = true
			}
		})
	}},
	{name: "case of externalId is folded", found: "7643-3.1-12,7643-7-06", before: func(x *traffic) {
		if external, ok := x.in["externalId"].(string); ok {
			x.in["externalId"] = strings.ToLower(external)
		}
	}},
	{name: "ASCII only", found: "7644-3.8-03,7644-3.8-04", after: func(x *traffic) {
		x.resources(func(r object) {
			if name, ok := r["displayName"].(string); ok {
				r["displayName"] = strings.Map(func(c rune) rune { return min(c, '?') }, name)
			}
		})
	}},
	{name: "empty lists are kept", found: "7643-2.5-01", after: func(x *traffic) {
		if list, ok := x.in["emails"].([]any); ok && len(list) == 0 && x.status == 201 {
			x.out["emails"] = []any{object{}}
		}
	}},
	{name: "If-Match is ignored", found: "7644-3.14-06,7644-3.14-07,7644-3.14-08", before: func(x *traffic) { x.Header.Del("If-Match") }},
	{name: "If-None-Match is ignored", found: "7644-3.14-10", before: func(x *traffic) { x.Header.Del("If-None-Match") }},
	{name: "the ETag is another than the version", found: "7644-3.14-02", after: func(x *traffic) {
		if tag := x.header.Get("ETag"); tag != "" {
			x.header.Set("ETag", `W/"x`+strings.Trim(tag, `W/"`)+`"`)
		}
	}},
}

func dropMember(in object) object {
	if list, ok := in["members"].([]any); ok && len(list) > 1 {
		in["members"] = list[:len(list)-1]
	}
	return in
}

func setMeta(r object, key string, value any) {
	if meta, ok := r["meta"].(object); ok {
		meta[key] = value
	}
}

var patchFaults = []fault{
	{name: "PATCH is not atomic", found: "7644-3.5.2-05,7644-3.5.2-06,7644-3.5.2-25", before: func(x *traffic) {
		// Operations before the last one take effect by themselves.
		list, _ := x.in["Operations"].([]any)
		if x.Method != http.MethodPatch || len(list) < 2 {
			return
		}
		for i, op := range list {
			if i < len(list)-1 {
				x.send("PATCH", x.URL.Path, object{"Operations": []any{op}})
			}
		}
		x.in["Operations"] = list[len(list)-1:]
	}},
	{name: "PATCH keeps only the last operation", found: "7644-3.5.2-04,7644-3.5.2-24", before: func(x *traffic) {
		if list, _ := x.in["Operations"].([]any); x.Method == http.MethodPatch && len(list) > 1 {
			x.in["Operations"] = list[len(list)-1:]
		}
	}},
	{name: "remove with a filter removes all", found: "7644-3.5.2.2-03,7644-3.5.2.2-08,7644-3.5.2.2-12,7644-3.5.2.2-13", before: onPaths("remove", func(path string) string {
		attribute, _, _ := strings.Cut(path, "[")
		return attribute
	})},
	{name: "add replaces", found: "7644-3.5.2.1-06,7644-3.5.2.1-12", before: onOperations("add", "replace")},
	{name: "replace adds", found: "7644-3.5.2.3-06,7644-3.5.2.3-13", before: onOperations("replace", "add")},
	{name: "a complex attribute is replaced as a whole", found: "7644-3.5.2.1-04,7644-3.5.2.3-04", before: func(x *traffic) {
		x.operations(func(op object) {
			if op["path"] == "name" && op["op"] != "remove" {
				x.send("PATCH", x.URL.Path, object{"Operations": []any{object{"op": "remove", "path": "name"}}})
			}
		})
	}},
	{name: "a filter that matches nothing is no error", found: "7644-3.5.2.3-10,7644-3.5.2-05", after: forgive("noTarget")},
	{name: "readOnly attributes are ignored by PATCH", found: "7644-3.5.2-13,7644-3.5.2.2-10,7644-3.5.2.2-11", after: forgive("mutability")},
	{name: "bad paths are ignored", found: "7644-3.5.2-14", after: forgive("invalidPath")},
	{name: "204 although attributes are asked for", found: "7644-3.9-10,7644-3.9-11", after: func(x *traffic) {
		if x.Method == http.MethodPatch && x.status == 200 {
			x.status, x.out, x.raw = 204, nil, []byte{}
		}
	}},
	{name: "every PATCH moves lastModified", found: "7644-3.5.2.1-09,7644-3.5.2.1-14", after: func(x *traffic) {
		x.resources(func(r object) { setMeta(r, "lastModified", time.Now().UTC().Format(time.RFC3339Nano)) })
	}},
	{name: "URNs in paths are unknown", found: "7644-3.10-08,7644-3.5.2.1-15,7644-3.5.2.3-16", before: onPaths("", func(path string) string {
		if strings.HasPrefix(path, "urn:") {
			return "~" + path
		}
		return path
	})},
	{name: "names in paths are compared with case", found: "7644-3.10-07", before: onPaths("", func(path string) string {
		if path != "" && path[0] >= 'A' && path[0] <= 'Z' {
			return "unknown." + path
		}
		return path
	})},
}

// onPaths changes the paths of operations, of one kind or all.
func onPaths(kind string, change func(string) string) func(*traffic) {
	return func(x *traffic) {
		x.operations(func(op object) {
			if path, ok := op["path"].(string); ok && x.Method == http.MethodPatch && (kind == "" || op["op"] == kind) {
				op["path"] = change(path)
			}
		})
	}
}

// onOperations takes one kind of operation for another.
func onOperations(from, to string) func(*traffic) {
	return func(x *traffic) {
		x.operations(func(op object) {
			if x.Method == http.MethodPatch && op["op"] == from {
				op["op"] = to
			}
		})
	}
}

// forgive answers 204 where the handler refuses for a reason.
func forgive(reason string) func(*traffic) {
	return func(x *traffic) {
		if x.Method == http.MethodPatch && x.kind() == reason {
			x.status, x.out, x.raw = 204, nil, []byte{}
		}
	}
}

var bulkFaults = []fault{
	{name: "bulk stops at the first error", found: "7644-3.7-03,7644-3.7-08", before: func(x *traffic) {
		if x.on("POST", "/Bulk") {
			x.in["failOnErrors"] = 1
		}
	}},
	{name: "bulk ignores failOnErrors", found: "7644-3.7-09", before: func(x *traffic) { delete(x.in, "failOnErrors") }},
	{name: "bulk forgets the bulkIds", found: "7644-3.7-02", after: onResults(func(r object) { delete(r, "bulkId") })},
	{name: "bulk gives no locations", found: "7644-3.7.3-03,7644-3.7.3-04", after: onResults(func(r object) { delete(r, "location") })},
	{name: "bulk says 200 of all", found: "7644-3.7.3-02,7644-3.7-04", after: onResults(func(r object) { r["status"] = "200" })},
	{name: "bulk does not resolve forward references", found: "7644-3.7.2-02", before: func(x *traffic) {
		seen := map[string]bool{}
		x.operations(func(op object) {
			id := fmt.Sprint(op["bulkId"])
			for other := range map[string]bool{"u": true} {
				if data, ok := op["data"].(object); ok && !seen[other] && strings.Contains(fmt.Sprint(data["members"]), "bulkId:"+other) {
					delete(data, "members")
				}
			}
			seen[id] = true
		})
	}},
	{name: "bulk has no limit", found: "7644-3.7.4-02,7644-3.7.4-04", after: func(x *traffic) {
		if x.status == 413 {
			x.status = 200
		}
	}},
}

func onResults(change func(object)) func(*traffic) {
	return func(x *traffic) {
		list, _ := x.out["Operations"].([]any)
		for _, r := range list {
			change(r.(object))
		}
	}
}
