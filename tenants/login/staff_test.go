package login

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseClaimRules(t *testing.T) {
	t.Parallel()
	got, err := ParseClaimRules("groups=roster-admins:owner, groups=urn:x:help:support,email=sam@example.com:auditor")
	want := []ClaimRule{{"groups", "roster-admins", "owner"}, {"groups", "urn:x:help", "support"}, {"email", "sam@example.com", "auditor"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{
		"", "groups", "groups=x", "=x:owner", "groups=:owner", "groups=x:", "groups=x:owner,", "groups=x:Owner!", "groups=x:viewer",
		strings.TrimSuffix(strings.Repeat("g=x:owner,", 101), ","),
	} {
		if rules, err := ParseClaimRules(text); err == nil {
			t.Errorf("%.40q is read as %v", text, rules)
		}
	}
}

func TestRolesOf(t *testing.T) {
	t.Parallel()
	rules := []ClaimRule{{"groups", "a", "owner"}, {"groups", "b", "support"}, {"admin", "true", "owner"}, {"email", "sam@example.com", "auditor"}}
	for name, c := range map[string]struct {
		claims map[string]any
		want   []string
	}{
		"one group":           {map[string]any{"groups": []any{"b", "z"}}, []string{"support"}},
		"a text":              {map[string]any{"groups": "a"}, []string{"owner"}},
		"the same role twice": {map[string]any{"groups": []any{"a"}, "admin": true}, []string{"owner"}},
		"several":             {map[string]any{"groups": []any{"b", "a"}, "email": "sam@example.com"}, []string{"auditor", "owner", "support"}},
		"a part of a name":    {map[string]any{"groups": []any{"ab"}, "email": "sam@example.com.evil.example"}, nil},
		"another case":        {map[string]any{"groups": []any{"A"}}, nil},
		"numbers and objects": {map[string]any{"groups": []any{1.0, map[string]any{"a": "a"}}, "admin": 1.0}, nil},
		"nothing":             {nil, nil},
	} {
		if got := RolesOf(rules, c.claims); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
