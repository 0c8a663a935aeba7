package idp

import (
	"context"
	"fmt"
	"strings"
)

// Mistake is something that administrators set up wrongly.
type Mistake string

// The mistakes.
const (
	// MailNickname: Entra sends the alias as externalId, as its mapping does until
	// somebody changes it.
	MailNickname Mistake = "mail-nickname"
	// NoMail: some people have no e-mail address, as guests of Entra.
	NoMail Mistake = "no-mail"
	// UnassignedMember: a group is provisioned with somebody who is not.
	UnassignedMember Mistake = "unassigned-member"
)

// check says whether a dialect's administrators can make the mistake.
func (m Mistake) check(d Dialect) error {
	switch {
	case m == "", m == UnassignedMember, m == NoMail && (d == Okta || d == Entra), m == MailNickname && d == Entra:
		return nil
	}
	return fmt.Errorf("%s cannot make the mistake %q", d, m)
}

// apply changes what the provider knows of people.
func (m Mistake) apply(c *Company) {
	for i := range c.People {
		p := &c.People[i]
		switch {
		case m == MailNickname:
			p.ObjectID, _, _ = strings.Cut(p.UserName, "@")
		case m == NoMail && i%3 == 1:
			p.Email = ""
		}
	}
}

// nobodyKnown is the id of somebody who was never provisioned.
const nobodyKnown = "0b7c1f3e-55d2-4c5e-9f0a-3d6f6a1c2b4d"

// addUnassigned adds somebody to a group who is not provisioned. The server has to
// refuse it, or let the member wait.
func (r *run) addUnassigned(ctx context.Context) error {
	if r.config.Mistake != UnassignedMember {
		return nil
	}
	t, ok := r.main.dir.group(0)
	if !ok {
		return nil
	}
	return passing(r.main.provider.changeMembers(ctx, r.main, t, []string{nobodyKnown}, nil))
}
