package scim

import (
	"fmt"
	"hash/fnv"
	"testing"
)

func TestEtagFollowsMemberships(t *testing.T) {
	t.Parallel()
	direct := []Membership{{GroupID: "g1", Display: "Sales", Direct: true}}
	seen := map[string]string{}
	for name, tag := range map[string]string{
		"no groups":       etag(3, nil),
		"next version":    etag(4, nil),
		"one group":       etag(3, direct),
		"renamed group":   etag(3, []Membership{{GroupID: "g1", Display: "Selling", Direct: true}}),
		"indirect member": etag(3, []Membership{{GroupID: "g1", Display: "Sales"}}),
	} {
		if other, taken := seen[tag]; taken {
			t.Errorf("%s and %s share the tag %s", name, other, tag)
		}
		seen[tag] = name
	}
	if again := []Membership{{GroupID: "g1", Display: "Sales", Direct: true}}; etag(3, direct) != etag(3, again) {
		t.Error("the tag of one state differs between two reads")
	}
}

// TestEtagStays what clients remember of it from earlier versions of the server.
func TestEtagStays(t *testing.T) {
	t.Parallel()
	h := fnv.New32a()
	h.Write([]byte("g1\x00Verkäufer\x00true\x00g2\x00\x00false\x00"))
	want := fmt.Sprintf(`W/"3-%x"`, h.Sum32())
	if got := etag(3, []Membership{{GroupID: "g1", Display: "Verkäufer", Direct: true}, {GroupID: "g2"}}); got != want {
		t.Errorf("the tag is %s, want %s", got, want)
	}
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name        string
		pre         Preconditions
		notModified bool // of a read of W/"7-ab"
		refused     bool // of a write of version 7
	}{
		{"none", Preconditions{}, false, false},
		{"match", Preconditions{IfMatch: `W/"7-ab"`}, false, false},
		{"match without the groups' part", Preconditions{IfMatch: `W/"7"`}, false, false},
		{"match of a list", Preconditions{IfMatch: `W/"5", W/"7-cd"`}, false, false},
		{"match strong form", Preconditions{IfMatch: `"7"`}, false, false},
		{"match any", Preconditions{IfMatch: "*"}, false, false},
		{"match another", Preconditions{IfMatch: `W/"70"`}, false, true},
		{"match nonsense", Preconditions{IfMatch: `seven`}, false, true},
		{"none match same", Preconditions{IfNoneMatch: `W/"7-ab"`}, true, true},
		{"none match strong form", Preconditions{IfNoneMatch: `"7-ab"`}, true, true},
		{"none match older groups", Preconditions{IfNoneMatch: `W/"7-cd"`}, false, true},
		{"none match another", Preconditions{IfNoneMatch: `W/"6-ab"`}, false, false},
		{"none match any", Preconditions{IfNoneMatch: "*"}, true, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.pre.notModified(`W/"7-ab"`); got != tc.notModified {
				t.Errorf("notModified = %v", got)
			}
			if err := tc.pre.check(7); (err != nil) != tc.refused {
				t.Errorf("check = %v", err)
			} else if err != nil && AsError(err).Status != 412 {
				t.Errorf("status %d, want 412", AsError(err).Status)
			}
		})
	}
}
