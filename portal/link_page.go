package portal

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants/login"
)

// ability is what a permission lets somebody do, as they would say it themselves.
type ability struct {
	permission  authz.Permission
	can, cannot string           // cannot "": not worth a line
	within      authz.Permission // who has this too is told of it already
}

var customerAbilities = []ability{
	{authz.ProvisioningCreate, "Connect an identity provider, and make and replace its tokens", "Connect or change identity providers", ""},
	{authz.ProvisioningDelete, "Delete connections and revoke their tokens", "Delete anything", ""},
	{authz.RolesMap, "Decide which role the members of a group get", "Change who has which role", ""},
	{authz.DirectoryWrite, "Add people by hand and give them roles", "", ""},
	{authz.ProvisioningRead, "See the connections and how they are doing", "", authz.ProvisioningCreate},
	{authz.DirectoryRead, "See people, groups, and who has access to what", "", ""},
	{authz.AuditRead, "Read who changed what, and when", "", ""},
}

var staffAbilities = []ability{
	{authz.KeysManage, "Make API keys, and end sessions of staff", "Make API keys", ""},
	{authz.RolesManage, "Change roles and what they may do", "Change roles and what they may do", ""},
	{authz.TenantsManage, "Create, suspend and delete tenants", "Change tenants", ""},
	{authz.ProvisioningCreate, "Manage the connections of every tenant", "", ""},
	{authz.DirectoryRead, "Look into every tenant: connections, people, groups, access", "", ""},
}

func abilities(list []ability, set authz.PermissionSet) (can, cannot []string) {
	for _, a := range list {
		switch {
		case set.Has(a.permission) && !set.Has(a.within):
			can = append(can, a.can)
		case !set.Has(a.permission) && a.cannot != "":
			cannot = append(cannot, a.cannot)
		}
	}
	return can, cannot
}

// invitationPage is what a link that works shows.
func (p *Portal) invitationPage(i *login.Invitation, at time.Time) *entryPage {
	l := i.Link
	page := &entryPage{Status: http.StatusOK, Icon: "invite", Tenant: l.TenantID, Invite: &invite{AsksEmail: l.Email != ""}}
	if l.TenantID.IsZero() {
		p.staffInvitation(page, i)
	} else {
		p.customerInvitation(page, i)
	}
	page.Invite.Facts = append(page.Invite.Facts, fact{
		Name: "Valid", Value: "once, until " + moment(l.ExpiresAt) + " (" + ahead(l.ExpiresAt.Sub(at)) + ")", Time: l.ExpiresAt.Format(time.RFC3339),
	})
	page.Notes = []string{
		"Not expecting this? Press “This isn’t me”: the link stops working for everybody.",
		"You are at " + p.host() + ". You stay signed in for an hour after you last did something, and for 6 hours at most.",
	}
	return page
}

func (p *Portal) customerInvitation(page *entryPage, i *login.Invitation) {
	l, invited := i.Link, "You are invited"
	if l.Inviter != "" {
		invited = l.Inviter + " invites you"
	}
	page.Heading = "Manage provisioning for " + i.Tenant
	page.Text = []string{invited + " to the portal where " + i.Tenant + " connects its identity provider and decides who gets access."}
	page.Invite.Can, page.Invite.Cannot = abilities(customerAbilities, i.Permissions)
	if l.ConnectionName != "" {
		page.Invite.Facts = append(page.Invite.Facts, fact{Name: "Connection", Value: l.ConnectionName + ", and no other"})
	}
}

func (p *Portal) staffInvitation(page *entryPage, i *login.Invitation) {
	page.Icon = "key"
	page.Heading = "Sign in to the console"
	page.Text = []string{"This is the console of " + p.host() + ", for the people who run it."}
	page.Invite.Can, page.Invite.Cannot = abilities(staffAbilities, i.Permissions)
	page.Invite.Facts = []fact{{Name: "Role", Value: strings.Join(i.Link.Roles, ", ")}}
}

// wrongEmailPage shows the invitation again.
func (p *Portal) wrongEmailPage(e *login.WrongEmailError, at time.Time) *entryPage {
	page := p.invitationPage(&e.Invitation, at)
	page.Status = http.StatusUnprocessableEntity
	page.Invite.Wrong = fmt.Sprintf("That is not the address that the link was sent to. You have %s left.", tries(e.Left))
	return page
}

func tries(n int) string {
	if n == 1 {
		return "one more try"
	}
	return fmt.Sprintf("%d more tries", n)
}

// deadLinkPage says what became of a link, and nothing about what it was for.
func deadLinkPage(i *login.Invitation) *entryPage {
	l := i.Link
	ask := "Ask " + cmp.Or(l.Inviter, "whoever sent it to you") + " for a new one."
	page := &entryPage{Status: http.StatusGone, Icon: "stop", Tone: "bad"}
	switch {
	case i.State == login.LinkUsed:
		page.Icon, page.Tone, page.Heading = "done", "warn", "This link was used"
		page.Text = []string{"It was used on " + moment(l.UsedAt) + ", and a link works once. " + ask}
		page.Text = append(page.Text, "If it was you, in this browser, you may still be signed in.")
		page.Link = &entryLink{portalHome, "Open the portal"}
		if l.TenantID.IsZero() {
			page.Link = &entryLink{consoleHome, "Open the console"}
		}
	case i.State == login.LinkExpired:
		page.Icon, page.Tone, page.Heading = "clock", "warn", "This link has expired"
		page.Text = []string{"It could be opened until " + moment(l.ExpiresAt) + ". " + ask}
	case l.RevokedBy == login.ByTries:
		page.Heading = "This link is switched off"
		page.Text = []string{"Too many wrong e-mail addresses were entered, the last one on " + moment(l.RevokedAt) + ". " + ask}
	case l.RevokedBy == login.ByInvitee:
		page.Heading = "This link is switched off"
		page.Text = []string{"On " + moment(l.RevokedAt) + " somebody who opened it said that it was not for them. " + ask}
	default:
		page.Heading = "This link was withdrawn"
		page.Text = []string{"It was withdrawn on " + moment(l.RevokedAt) + ". " + ask}
	}
	return page
}

// noLinkPage is for every code that was never given out, or whose tenant is gone.
func noLinkPage() *entryPage {
	return &entryPage{
		Status: http.StatusNotFound, Tone: "bad", Heading: "This link does not work",
		Text: []string{"Maybe a part of the address got lost on the way. Copy the whole of it from the message, or ask whoever sent it to you for a new one."},
	}
}

func declinedPage() *entryPage {
	return &entryPage{
		Status: http.StatusOK, Icon: "done", Heading: "Thank you, the link is off",
		Text: []string{"Nobody can use it any more, and nothing else has changed. If you know who sent it to you, tell them that it went to the wrong person."},
	}
}

func foreignFormPage() *entryPage {
	return &entryPage{
		Status: http.StatusForbidden, Tone: "bad", Heading: "This came from another site",
		Text: []string{"The button was pressed on a page of another site, so nothing was done. Open the link itself and press the button there."},
	}
}

// moment is a time for people whose zone is not known.
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// ahead says how far off a time is, rounded down.
func ahead(d time.Duration) string {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}} {
		if n := int(d / unit.of); n >= 2 {
			return fmt.Sprintf("%d %ss left", n, unit.name)
		}
	}
	if n := int(d / time.Minute); n > 1 {
		return fmt.Sprintf("%d minutes left", n)
	}
	return "a minute left"
}
