package scim

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

func TestEffectsAreBoundedAndUndone(t *testing.T) {
	t.Parallel()
	var nobody *Effects
	nobody.Add(&Effect{})
	nobody.undo(nobody.mark())
	if list, more := nobody.List(); list != nil || more != 0 {
		t.Error("nobody asked")
	}
	e := &Effects{}
	e.Add(nil)
	e.Add(&Effect{ID: "kept"})
	place := e.mark()
	for i := range maxEffects + 3 {
		e.Add(&Effect{ID: fmt.Sprint(i)})
	}
	if list, more := e.List(); len(list) != maxEffects || more != 4 {
		t.Errorf("%d and %d more", len(list), more)
	}
	e.undo(place)
	if list, more := e.List(); len(list) != 1 || list[0].ID != "kept" || more != 0 {
		t.Errorf("after undoing: %v and %d more", list, more)
	}
}

func TestPersonOf(t *testing.T) {
	t.Parallel()
	user := schema.Default().ByName("User")
	doc := map[string]any{
		"userName": "jo@example.com", "externalId": "jo", "active": true, "displayName": "Jo",
		"emails": []any{map[string]any{"value": "jo@example.com"}, map[string]any{"type": "work"}},
	}
	want := &PersonValues{UserName: "jo@example.com", ExternalID: "jo", Emails: []string{"jo@example.com"}, Active: true, Named: true}
	if diff := cmp.Diff(want, PersonOf(user, doc)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&PersonValues{UserName: "jo"}, PersonOf(user, map[string]any{"userName": "jo"})); diff != "" {
		t.Error(diff)
	}
	if PersonOf(schema.Default().ByName("Group"), doc) != nil {
		t.Error("a group is no person")
	}
}

func TestReasonOf(t *testing.T) {
	t.Parallel()
	user := schema.Default().ByName("User")
	missing := user.CheckRequired(map[string]any{})
	domains := (&Caller{Limits: Limits{Domains: []string{"acme.com"}}}).allowPerson(user, nil, map[string]any{"userName": "jo@other.com"})
	groups := (&Caller{Limits: Limits{NoGroups: true}}).allow(ActionRead, schema.Default().ByName("Group"))
	for _, tc := range []struct {
		err       error
		want      Reason
		attribute string
	}{
		{missing, ReasonRequiredMissing, "userName"},
		{domains, ReasonDomainNotVerified, ""},
		{groups, ReasonNotEntitled, ""},
		{fmt.Errorf("create: %w", &ConflictError{"userName", "x"}), ReasonUsernameTaken, "userName"},
		{&ConflictError{"displayName", "x"}, ReasonConflict, "displayName"},
		{&MissingMembersError{[]string{"a"}}, ReasonMemberUnknown, "members"},
		{&SeatsError{1, 1}, ReasonSeatLimit, ""},
		{Forbidden("no"), ReasonNotPermitted, ""},
		{ErrNotFound, ReasonNotFound, ""},
		{schema.Errorf(schema.InvalidFilter, "x"), ReasonInvalidFilter, ""},
		{schema.Errorf(schema.NoTarget, "x"), ReasonNoTarget, ""},
		{schema.Errorf(schema.InvalidValue, "x"), ReasonInvalidValue, ""},
		{&CycleError{"a", "b"}, ReasonInvalidValue, ""},
		{&Error{Status: 412}, ReasonPreconditionFailed, ""},
		{&Error{Status: 413}, ReasonTooLarge, ""},
		{&Error{Status: 502}, ReasonInternal, ""},
		{fmt.Errorf("disk"), ReasonInternal, ""},
	} {
		if got, attribute := ReasonOf(tc.err); got != tc.want || attribute != tc.attribute {
			t.Errorf("%v: %q about %q, want %q about %q", tc.err, got, attribute, tc.want, tc.attribute)
		}
	}
}
