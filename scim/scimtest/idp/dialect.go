package idp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Dialect is how an identity provider speaks SCIM.
type Dialect string

// The dialects.
const (
	Okta         Dialect = "okta"
	Entra        Dialect = "entra"
	OneLogin     Dialect = "onelogin"
	JumpCloud    Dialect = "jumpcloud"
	PingFederate Dialect = "pingfederate"
)

// Dialects lists them all.
var Dialects = []Dialect{Okta, Entra, OneLogin, JumpCloud, PingFederate}

// ParseDialect reads the name of a dialect.
func ParseDialect(name string) (Dialect, error) {
	if d := Dialect(strings.ToLower(name)); slices.Contains(Dialects, d) {
		return d, nil
	}
	return "", fmt.Errorf("there is no dialect %q; there are %s", name, join(Dialects))
}

func join[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, each := range all {
		names[i] = string(each)
	}
	return strings.Join(names, ", ")
}

// traits are what differs between dialects in amount rather than in kind.
type traits struct {
	workers int
	batch   int // members in one request
	lookUp  int // results that a look-up asks for; -1: it does not say
	// uniqueGroups: the provider relies on group names being unique, so two
	// cycles may create the same group and one of them is answered 409.
	uniqueGroups bool
	// wholeUsers, wholeGroups: changes are sent as whole resources, so that two
	// writers of one resource overwrite each other.
	wholeUsers, wholeGroups bool
	// listsGroups: a group is looked for among all groups, not by a filter.
	listsGroups bool
	// keepsGroups: a group that goes is emptied and not deleted.
	keepsGroups bool
}

// provider is a dialect at work. Its methods send requests through the cycle and
// return errRefused after an answer that was not right.
type provider interface {
	traits() traits
	headers(*http.Request)
	// test is what the admin's "test connection" button does.
	test(context.Context, *cycle) error

	findUser(userName string) string // a list's path
	findGroup(name string) string
	userBody(*Person) document
	groupBody(*Group) document
	// atOnce is what userBody tells of a person; the rest is sent later.
	atOnce(Person) Person
	// expectUser is what the directory must hold of a person.
	expectUser(*Person, *directory) document

	// updateUser brings a user from what the server holds to what it should.
	updateUser(ctx context.Context, c *cycle, id string, current document, desired *Person) error
	setActive(ctx context.Context, c *cycle, id string, desired *Person) error
	// finishUser sends what can be sent only when everybody exists.
	finishUser(ctx context.Context, c *cycle, place int) error
	renameGroup(ctx context.Context, c *cycle, id string, desired *Group) error
	// changeMembers adds and removes at most a batch.
	changeMembers(ctx context.Context, c *cycle, t team, add, remove []string) error
	replaceMembers(ctx context.Context, c *cycle, t team, ids []string) error
	// verify looks at a person who has changed in the ways the provider has.
	verify(ctx context.Context, c *cycle, a account) error
	// hardDeletes: the provider also deletes people, after they were deactivated.
	hardDeletes() bool
	// lastly sends what is left to try at the end, when everybody on the server is known.
	lastly(ctx context.Context, c *cycle, people []document) error
}

// equals is the filter that providers use to look things up.
func equals(attribute, value string) string {
	return attribute + ` eq "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// percent encodes a query value with %20 for a space, as Okta does; Entra's
// encoding is url.QueryEscape.
func percent(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

// operation is one operation of a PATCH request.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

func patchOf(operations ...operation) document {
	return document{"schemas": []string{patchSchema}, "Operations": operations}
}
