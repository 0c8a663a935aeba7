package quirk_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/quirk"
)

// fields are the settings by their JSON keys, as they are stored and answered.
func fields(t *testing.T, s quirk.Settings) map[string]any {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryFieldIsInTheCatalogue(t *testing.T) {
	t.Parallel()
	want := slices.Sorted(maps.Keys(fields(t, quirk.Settings{})))
	var got []string
	for _, d := range quirk.Catalogue() {
		got = append(got, d.Key)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-fields +catalogue):\n%s", diff)
	}
}

// TestSentences: every value of every setting is described, and no description
// stands for two things.
func TestSentences(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range quirk.Catalogue() {
		if d.About == "" || len(d.Values) < 2 {
			t.Errorf("%s: %q, %d values", d.Key, d.About, len(d.Values))
		}
		for _, v := range d.Values {
			if v.Name == "" || seen[v.Meaning] || !strings.HasSuffix(v.Meaning, ".") || v.Meaning[0] > 'Z' {
				t.Errorf("%s=%s means %q", d.Key, v.Name, v.Meaning)
			}
			seen[v.Meaning] = true
		}
	}
}

// TestChangesChangeTheirSettingAlone sets each setting to each value, from both
// ends, and back to the preset.
func TestChangesChangeTheirSettingAlone(t *testing.T) {
	t.Parallel()
	preset := quirk.For(quirk.Entra)
	for _, d := range quirk.Catalogue() {
		for _, from := range d.Values {
			for _, to := range append(d.Values, quirk.Value{Name: "default"}) {
				before := preset.With(preset, parse(t, d.Key+"="+from.Name))
				after := before.With(preset, parse(t, " "+strings.ToUpper(d.Key)+" = "+strings.ToUpper(to.Name)))
				want := to
				if to.Name == "default" {
					want = d.Of(preset)
				}
				if got := d.Of(after); got != want {
					t.Errorf("%s from %s to %s is %s", d.Key, from.Name, to.Name, got.Name)
				}
				old, now := fields(t, before), fields(t, after)
				delete(old, d.Key)
				delete(now, d.Key)
				if diff := cmp.Diff(old, now); diff != "" {
					t.Errorf("%s to %s changed others:\n%s", d.Key, to.Name, diff)
				}
				departs := slices.Contains(after.Departures(preset), d.Key)
				if departs != (d.Of(after) != d.Of(preset)) {
					t.Errorf("%s=%s departs from the preset: %t", d.Key, d.Of(after).Name, departs)
				}
			}
		}
	}
}

func parse(t *testing.T, assignments ...string) []quirk.Change {
	t.Helper()
	changes, err := quirk.ParseChanges(assignments)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestSeveralChanges(t *testing.T) {
	t.Parallel()
	preset := quirk.For(quirk.Generic)
	if got := preset.Departures(preset); got == nil || len(got) > 0 {
		t.Errorf("a preset departs from itself in %v", got)
	}
	got := preset.With(preset, parse(t, "strict_types=true", "pending_members=true", "patch_user_returns_body=default"))
	want := preset
	want.StrictTypes, want.PendingMembers = true, true
	if got != want {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"strict_types", "pending_members"}, got.Departures(preset)); diff != "" {
		t.Errorf("departures (-want +got):\n%s", diff)
	}
}

func TestWrongChangesSayWhatIsRight(t *testing.T) {
	t.Parallel()
	all := []string{"patch_user_returns_body", "strict_types", "pending_members"}
	for _, tc := range []struct {
		assignments []string
		says        []string
	}{
		{[]string{"strict_type=true"}, append(all, `"strict_type"`)},
		{[]string{"=true"}, all},
		{[]string{"strict_types=true", "nonsense=true"}, all},
		{[]string{"strict_types"}, []string{"KEY=VALUE"}},
		{[]string{""}, []string{"KEY=VALUE"}},
		{[]string{"strict_types=yes"}, []string{"strict_types", `"yes"`, "true, false or default"}},
		{[]string{"strict_types="}, []string{"true, false or default"}},
		{[]string{"strict_types=true=false"}, []string{"true, false or default"}},
		{[]string{"strict_types=true", "STRICT_TYPES=true"}, []string{"strict_types", "twice"}},
	} {
		changes, err := quirk.ParseChanges(tc.assignments)
		if err == nil {
			t.Errorf("%q: %v", tc.assignments, changes)
			continue
		}
		for _, text := range tc.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%q: %q does not say %s", tc.assignments, err, text)
			}
		}
	}
}
