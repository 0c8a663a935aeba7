package privacy

import (
	"regexp"
	"strings"
)

// Subject is what a document is about.
type Subject byte

// The subjects.
const (
	Person  Subject = iota // or something that may be personal as well
	Group                  // whose name may be seen
	Control                // of the control plane: nothing in it is personal
)

// subjects are what types and kinds of requests, events and lines are about.
var subjects = map[string]Subject{
	"group": Group, "role_mapping": Group,
	"connection": Control, "token": Control, "tenant": Control, "assignment": Control, "entry_point": Control, "schemas": Control,
	"role": Control, "webhook": Control, "settings": Control, "support": Control,
	"access": Control, "members": Control, "begin": Control, "end": Control,
}

// SubjectOf reads a type or kind: "User", "group.members", "connection.paused".
// What is not known may be personal.
func SubjectOf(kind string) Subject {
	kind = strings.ToLower(kind)
	if kind == "user.access_changed" {
		return Control
	}
	kind, _, _ = strings.Cut(kind, ".")
	return subjects[kind]
}

// keptFields are the members of resources and messages that say nothing about
// anybody.
var keptFields = map[string]bool{
	"schemas": true, "meta": true,
	"totalresults": true, "startindex": true, "itemsperpage": true, "count": true, "sortorder": true,
	"status": true, "scimtype": true, "failonerrors": true,
	"sequence": true, "occurred_at": true, "tenant_id": true,
}

// sets contain resources, or messages about them.
var sets = map[string]bool{"resources": true, "operations": true, "data": true, "previous": true, "response": true}

// names are attributes whose values are names.
var names = map[string]bool{
	"name": true, "formatted": true, "displayname": true, "display": true, "username": true, "nickname": true,
	"givenname": true, "familyname": true, "middlename": true, "value": true,
}

// strictOf is what the value of a resource's member is, by its lower-case name.
func (r *redactor) strictOf(key string) mask {
	switch {
	case keptFields[key]:
		return kept
	case sets[key]:
		return whole
	case r.about == Group && (key == "displayname" || key == "externalid" || key == "group" || key == "mappings"):
		return kept
	case r.about == Person && (key == "groups" || key == "assignment"):
		return kept // their names and ids
	case key == "active" || key == "op" || key == "method":
		return sort
	case names[key]:
		return called
	}
	return private
}

// strictField reads the value of a member.
func (r *redactor) strictField(key string, m, target mask, operation bool, depth int) bool {
	isText := r.pos < len(r.in) && r.in[r.pos] == '"'
	switch {
	case m == kept:
		return r.value(kept, false, depth+1)
	case m == called: // a name, or before and after
		return r.value(max(called, partOf(key)), false, depth+1)
	case m != whole: // a part of an attribute
		return r.value(partOf(key), false, depth+1)
	case isText && key == "detail":
		return r.text(func(s string, _ bool) string { return StrictDetail(s) })
	case isText && key == "filter":
		return r.text(func(s string, _ bool) string { return strictFilter(s) })
	case isText && operation && key == "path":
		return r.text(func(s string, _ bool) string { return StrictAttribute(s) })
	case operation && key == "value":
		return r.value(target, false, depth+1)
	}
	return r.value(r.strictOf(attributeOf(key)), key == "operations", depth+1)
}

// partOf is what the value of a part of an attribute is.
func partOf(key string) mask {
	switch {
	case key == "type":
		return sort
	case key == "count":
		return kept
	case names[key]:
		return called
	}
	return private
}

// strictly masks a text.
func (m mask) strictly(s string) string {
	switch m {
	case kept:
		return maskTokens(s)
	case called:
		return Name(s)
	case sort:
		if sorts[strings.ToLower(s)] {
			return s
		}
	}
	return Value(s)
}

// sorts are the types of values that say nothing about anybody, booleans, and
// what operations do.
var sorts = map[string]bool{
	"true": true, "false": true, "add": true, "remove": true, "replace": true,
	"post": true, "put": true, "patch": true, "delete": true, "get": true,
	"work": true, "home": true, "other": true, "mobile": true, "fax": true, "pager": true, "photo": true, "thumbnail": true,
	"user": true, "group": true, "direct": true, "indirect": true,
}

// attributeOf is the attribute that a path names, in lower case: emails of
// emails[type eq "work"].value. An extension's is all of its path.
func attributeOf(path string) string {
	path = strings.ToLower(strings.TrimSpace(path))
	for _, schema := range []string{"urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:"} {
		path = strings.TrimPrefix(path, schema)
	}
	if strings.HasPrefix(path, "urn:") {
		return path
	}
	if end := strings.IndexAny(path, ".["); end >= 0 {
		path = path[:end]
	}
	return path
}

// attributeName is what keys look like that are no filters.
var attributeName = regexp.MustCompile(`^(?:[Uu][Rr][Nn]:[\w:.$-]+|[A-Za-z$_][\w$.-]*)$`)

var (
	comparisons = regexp.MustCompile(`(?i)\b(eq|ne|co|sw|ew|gt|ge|lt|le)\s+("(?:[^"\\]|\\.)*"?|[^\s()\[\]"]+)`)
	fixedValue  = regexp.MustCompile(`(?i)^(true|false|null)$`)
)

// StrictAttribute masks a path, which names an attribute or a resource.
func StrictAttribute(s string) string {
	switch {
	case attributeName.MatchString(s):
		return s
	case strings.HasPrefix(s, "/"):
		return StrictPath(s)
	}
	return strictFilter(s)
}

// strictFilter masks everything that a filter or path compares with, ids apart.
// What is none becomes an ellipsis.
func strictFilter(s string) string {
	s = strings.TrimSpace(s)
	var b strings.Builder
	done := 0
	for _, place := range comparisons.FindAllStringSubmatchIndex(s, -1) {
		literal := s[place[4]:place[5]]
		b.WriteString(s[done:place[4]])
		done = place[5]
		bare := strings.Trim(literal, `"`)
		isType := strings.HasSuffix(strings.ToLower(strings.TrimSpace(s[:place[2]])), "type")
		switch {
		case fixedValue.MatchString(literal), isType && sorts[strings.ToLower(bare)]:
			b.WriteString(literal)
		default:
			b.WriteString(`"` + Value(bare) + `"`)
		}
	}
	b.WriteString(s[done:])
	if masked := b.String(); done > 0 && filterRest.MatchString(comparisons.ReplaceAllString(s, "")) {
		return masked
	}
	return Ellipsis
}

// filterRest is what a filter is besides its comparisons: attributes, brackets,
// and what joins them.
var filterRest = regexp.MustCompile(`^(?:[\s()\[\]]|\b(?:and|or|not|pr)\b|[A-Za-z$_][\w$:.-]*|\.)*$`)

// endpoints are the first parts of paths that say nothing about anybody.
var endpoints = map[string]bool{
	"users": true, "groups": true, "bulk": true, "me": true, "schemas": true, "resourcetypes": true, "serviceproviderconfig": true,
	".search": true,
}

// openParameters are those whose values say nothing about anybody.
var openParameters = map[string]bool{
	"startindex": true, "count": true, "attributes": true, "excludedattributes": true, "sortby": true, "sortorder": true,
}

// StrictPath masks a path and query that Path has made readable.
func StrictPath(s string) string {
	path, query, asks := strings.Cut(s, "?")
	var b strings.Builder
	for i, part := range strings.Split(path, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		if !endpoints[strings.ToLower(part)] && !strings.HasPrefix(part, "urn:ietf:params:scim:") {
			part = Value(part)
		}
		b.WriteString(part)
	}
	if !asks {
		return b.String()
	}
	// The path was unescaped, so a "&" may be a value's: what follows it is then
	// masked like the name of a parameter.
	for i, pair := range strings.Split(query, "&") {
		b.WriteByte("?&"[min(i, 1)])
		key, value, has := strings.Cut(pair, "=")
		switch lower := strings.ToLower(key); {
		case !has:
			b.WriteString(Value(pair))
		case lower == "filter":
			b.WriteString(key + "=" + strictFilter(value))
		case openParameters[lower] && parameter.MatchString(value):
			b.WriteString(pair)
		case openParameters[lower]:
			b.WriteString(key + "=" + Value(value))
		default:
			b.WriteString(Value(key) + "=" + Value(value))
		}
	}
	return b.String()
}

var parameter = regexp.MustCompile(`^[\w$:.,+ -]*$`)

var (
	quotations = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?|` + "`[^`]*`?")
	bulkIDs    = regexp.MustCompile(`bulkId:\S+`)
	// numbers are UUIDs, which stay, and what may be of a telephone.
	numbers = regexp.MustCompile(`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|[0-9][0-9 ()/.-]{3,}[0-9]`)
	// spoken are words that explanations put between quotation marks and that
	// say nothing about anybody.
	spoken = regexp.MustCompile(`(?i)^(?:userName|displayName|externalId|emails|members|active|title|name|phoneNumbers|addresses|roles|groups|password|schemas|id|value|type|primary|and|or|not|eq|pr|[()\[\]])$`)
)

// StrictDetail masks what an explanation quotes.
func StrictDetail(s string) string {
	s = quotations.ReplaceAllStringFunc(s, func(quoted string) string {
		mark := quoted[:1]
		bare := strings.Trim(quoted, mark)
		if spoken.MatchString(bare) {
			return quoted
		}
		return mark + Value(bare) + mark
	})
	s = bulkIDs.ReplaceAllString(s, "bulkId:"+Ellipsis)
	return maskTokens(maskEmails(numbers.ReplaceAllStringFunc(s, Value)))
}
