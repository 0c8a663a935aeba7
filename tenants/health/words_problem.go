package health

import (
	"fmt"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// named are the names of examples, for a sentence: "a, b and 3 more".
func named(examples []Example, affected int64) string {
	const most = 3
	var names []string
	for _, e := range examples[:min(len(examples), most)] {
		names = append(names, e.Name)
	}
	if rest := affected - int64(len(names)); rest > 0 && len(names) > 0 {
		names = append(names, fmt.Sprintf("%d more", rest))
	}
	return listed(names)
}

func sayTokenExpired(g *glance, p *Problem, t *tenants.Token) {
	p.Title = "The token has expired"
	p.Sentence = fmt.Sprintf("The token %s (ends …%s) in %s stopped working on %s; nothing is provisioned or deprovisioned since.",
		t.Name, t.LastFour, inside(g.provider), when(t.ExpiresAt))
	p.Fix = fmt.Sprintf("Create a new token here and enter it in %s.", inside(g.provider))
	p.Where = requestlog.TokenPlace(g.provider)
}

func sayTokenExpiring(g *glance, p *Problem, t *tenants.Token) {
	p.Title = "The token expires soon"
	p.Sentence = fmt.Sprintf("The token %s (ends …%s) expires on %s, and no other takes its place.", t.Name, t.LastFour, when(t.ExpiresAt))
	if g.provider == quirk.Entra {
		p.Sentence += " Entra puts the job into quarantine when it does."
	}
	p.Fix = fmt.Sprintf("Start a rotation here and enter the new token in %s; the old one goes on working until then.", inside(g.provider))
	p.Where = requestlog.TokenPlace(g.provider)
}

func sayQuarantine(g *glance, p *Problem, why ProblemCode, disabled time.Time) {
	p.Title = "Entra slows down, and will stop"
	switch why {
	case TokenHasExpired:
		p.Sentence = fmt.Sprintf("Entra's requests are refused for their token since %s, which puts its job into quarantine.", when(p.Since))
		p.Fix, p.Where = "Enter a current token as *Secret Token*, press *Test Connection*, then *Restart provisioning*.", requestlog.TokenPlace(g.provider)
	case WrongUniqueIdentifier:
		p.Sentence = fmt.Sprintf("Entra's look-ups are answered 404 since %s, which puts its job into quarantine.", when(p.Since))
		p.Fix, p.Where = "Compare *Tenant URL* with the SCIM base URL of this connection, press *Test Connection*, then *Restart provisioning*.", "Provisioning > Admin Credentials > Tenant URL"
	default:
		p.Sentence = fmt.Sprintf("More than %d requests of one cycle were refused or failed on %s, which puts Entra's job into quarantine.",
			quarantineFailures, when(p.Since))
		p.Fix, p.Where = "Mend what the other problems and the refused requests say, then press *Restart provisioning*.", "Provisioning > Overview"
	}
	p.Sentence += fmt.Sprintf(" It tries again after 6, 12 and 24 hours, then daily; Entra disables the job on %s if nothing changes.", day(disabled))
}

func sayWrongIdentifier(g *glance, p *Problem, attribute string) {
	p.Title = "People are looked up by the wrong attribute"
	p.Sentence = fmt.Sprintf("%s looks people up by %s and finds nobody, then cannot create %s, because the userName is taken.",
		nameOf(g.provider), attribute, named(p.Examples, p.Affected))
	p.Fix = "Let it match people by userName, and send the same value as userName."
	switch g.provider {
	case quirk.Okta:
		p.Fix, p.Where = "Set *Unique identifier field for users* to userName.", "Provisioning > Integration > Edit"
	case quirk.Entra:
		p.Fix, p.Where = "Let userName be the matching attribute with *Matching precedence* 1.", "Provisioning > Attribute mapping > Provision Microsoft Entra ID Users"
	case quirk.PingFederate:
		p.Fix, p.Where = "Set *Unique User Identifier* to userName.", "Outbound Provisioning > Target"
	}
}

func sayDuplicates(g *glance, p *Problem, taken, twins int64) {
	p.Title = "The same name twice"
	switch {
	case taken > 0 && twins > 0:
		p.Sentence = fmt.Sprintf("%s could not be created because somebody else has the userName, and %s %s more than one group.",
			upper(people(taken)), many(twins, "name", "names"), verb(twins, "names", "name"))
	case taken > 0:
		p.Sentence = fmt.Sprintf("%s could not be created because somebody else has the userName: %s.", upper(people(taken)), named(p.Examples, taken))
	default:
		p.Sentence = fmt.Sprintf("%s %s more than one group, so that nobody can tell them apart by it: %s.",
			upper(many(twins, "name", "names")), verb(twins, "is that of", "are those of"), named(p.Examples, twins))
	}
	p.Fix = fmt.Sprintf("Give each of them a name of its own in %s, or remove the one that is not needed.", inside(g.provider))
	switch {
	case taken > 0 && g.provider == quirk.Okta:
		p.Where = "Dashboard > Tasks, then Directory > People"
	case taken > 0 && g.provider == quirk.Entra:
		p.Where = "Provisioning > Provisioning logs, then Users"
	case g.provider == quirk.Okta:
		p.Where = "Push Groups"
	case g.provider == quirk.Entra:
		p.Where = "Groups > All groups"
	}
}

func verb(n int64, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func sayMembersMissing(g *glance, p *Problem, found *Findings, refused int64) {
	p.Title = "Members who are not provisioned"
	switch {
	case refused > 0 && len(g.Missing) == 1:
		m := g.Missing[0]
		asked := ""
		if m.Asked > 0 {
			asked = fmt.Sprintf(" of %d", m.Asked)
		}
		p.Sentence = fmt.Sprintf("A change of the group %s was refused: %d%s %s not provisioned here.", quoted(m.Name), m.Count, asked,
			verb(max(refused, int64(m.Asked)), "member is", "members "+verb(refused, "is", "are")))
	case refused > 0:
		p.Sentence = fmt.Sprintf("Changes of %d groups were refused: %d members are not provisioned here.", len(g.Missing), refused)
	default:
		p.Sentence = fmt.Sprintf("%s of %s %s not provisioned here, and will join when they are.",
			upper(many(found.Waiting.Count, "member", "members")), many(found.Groups, "group", "groups"), verb(found.Waiting.Count, "is", "are"))
	}
	p.Fix = "Assign them to the application, then push the group again."
	switch g.provider {
	case quirk.Okta:
		p.Where = "Assignments > Assign to People, then Push Groups"
	case quirk.Entra:
		p.Fix = "Assign them to the application; members of nested groups must be assigned by themselves. Then provision the group again."
		p.Where = "Users and groups > Add user/group"
	case quirk.JumpCloud:
		p.Where = "User Groups"
	}
}

func quoted(name string) string {
	if name == "" {
		return "in question"
	}
	return "*" + name + "*"
}

func sayAliases(_ *glance, p *Problem) {
	p.Title = "Entra sends the alias as externalId"
	p.Sentence = fmt.Sprintf("The externalId of %s is the alias (mailNickname): %s. It changes when somebody is renamed, and a second account is made then.",
		people(p.Affected), named(p.Examples, p.Affected))
	p.Fix = "Map *objectId* to externalId in place of *mailNickname*, before somebody is renamed; then press *Restart provisioning*."
	p.Where = "Provisioning > Attribute mapping > Provision Microsoft Entra ID Users > externalId"
}

func sayAlsoAssigned(_ *glance, p *Problem) {
	p.Title = "A pushed group seems to be assigned too"
	p.Sentence = fmt.Sprintf("%s %s nearly everybody who is assigned, so it looks as if the same group was both assigned and pushed. "+
		"Its members are then unreliable.", upper(listedNames(p.Examples, p.Affected)), verb(p.Affected, "holds", "hold"))
	p.Fix = "Assign people by one group and push another one."
	p.Where = "Assignments > Groups, and Push Groups"
}

func listedNames(examples []Example, affected int64) string {
	return verb(affected, "the group ", "the groups ") + named(examples, affected)
}

func sayEmailsMissing(g *glance, p *Problem) {
	p.Title = "People without an e-mail address"
	p.Sentence = fmt.Sprintf("%s %s no e-mail address: %s.", upper(people(p.Affected)), verb(p.Affected, "has", "have"), named(p.Examples, p.Affected))
	p.Fix = fmt.Sprintf("Send emails[type eq \"work\"].value from %s.", inside(g.provider))
	switch g.provider {
	case quirk.Okta:
		p.Fix, p.Where = "Map *email* to the primary e-mail of the application, and fill it in for these people.", "Provisioning > To App > Attribute Mappings"
	case quirk.Entra:
		p.Fix = "Map *mail* to emails[type eq \"work\"].value. Guests often have no mail; map *otherMails* or *userPrincipalName* for them."
		p.Where = "Provisioning > Attribute mapping > Provision Microsoft Entra ID Users"
	}
}
