package idp

import (
	"strings"
	"testing"
)

// TestMistakes: what administrators of a provider can get wrong, and what the
// provider then knows.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mistake Mistake
		dialect Dialect
		ok      bool
	}{
		{"", Okta, true}, {UnassignedMember, JumpCloud, true}, {NoMail, Okta, true}, {NoMail, Entra, true}, {NoMail, OneLogin, false},
		{MailNickname, Entra, true}, {MailNickname, Okta, false}, {"typo", Entra, false},
	} {
		_, err := Config{Dialect: test.dialect, BaseURL: "http://127.0.0.1:1/scim", Token: "t", Mistake: test.mistake}.withDefaults()
		if (err == nil) != test.ok {
			t.Errorf("%s by %s: %v", test.mistake, test.dialect, err)
		}
	}
	alias, nobody := NewCompany(1, 9, 1), NewCompany(1, 9, 1)
	MailNickname.apply(alias)
	NoMail.apply(nobody)
	without := 0
	for i := range alias.People {
		if a := alias.People[i]; !strings.HasPrefix(a.UserName, a.ObjectID+"@") {
			t.Errorf("%s has the alias %s", a.UserName, a.ObjectID)
		}
		if nobody.People[i].Email == "" {
			without++
		}
	}
	if without != 3 {
		t.Errorf("%d of nine have no address", without)
	}
}
