package scim

import "testing"

func TestMembersEqual(t *testing.T) {
	t.Parallel()
	made := func(typ string, names ...string) (m Members) {
		for i, name := range names {
			m.Add([16]byte{byte(i)}, []byte(typ), []byte(name))
		}
		return m
	}
	one := made("User", "Ada", "Bob")
	if !one.Equal(made("User", "Ada", "Bob")) || !(Members{}).Equal(Members{}) {
		t.Error("the same members are not equal")
	}
	for name, other := range map[string]Members{
		"fewer": made("User", "Ada"), "another name": made("User", "Ada", "Eve"), "another type": made("Group", "Ada", "Bob"), "none": {},
	} {
		if one.Equal(other) {
			t.Errorf("%s: equal", name)
		}
	}
}
