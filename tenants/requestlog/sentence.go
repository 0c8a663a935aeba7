package requestlog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/scim/quirk"
)

// Sentence says what a request meant and what came of it.
func Sentence(l *Line, provider quirk.Provider) string {
	text := told(l, provider)
	if l.Repeats > 0 {
		text += " " + counted(l.Repeats, "more request", "more requests") + " of this kind came at the same time."
	}
	return text
}

func told(l *Line, provider quirk.Provider) string {
	who := nameOf(provider)
	switch {
	case l.Detail.Token != nil:
		return tokenSentence(l)
	case l.Kind == KindBulk && l.Detail.Bulk != nil:
		return bulkSentence(l, who)
	case l.Outcome == Refused || l.Outcome == Failed:
		return who + " could not " + attempt(l) + ": " + reason(l) + "."
	case l.Outcome == Unchanged:
		return who + " sent " + orSomebody(l) + " again, and nothing had to be changed."
	case len(l.Detail.Effects) > 0:
		return effectSentence(l, who)
	}
	return readSentence(l, who)
}

// tokenSentence tells of a token that was not accepted.
func tokenSentence(l *Line) string {
	t := l.Detail.Token
	which := "with something that is no token"
	switch {
	case t.Sent == SentNone:
		which = "without a token"
	case l.TokenHint != "":
		which = "with the token " + l.TokenHint
	}
	switch {
	case t.State == CodeTokenExpired:
		return "A request came " + which + ", which expired" + on(t) + "."
	case t.State == CodeTokenRevoked:
		return "A request came " + which + ", which was revoked" + on(t) + "."
	case t.Sent == SentNone || l.TokenHint == "":
		return "A request came " + which + "."
	}
	return "A request came " + which + ", which is none of this connection."
}

func on(t *Token) string {
	if t.Since.IsZero() {
		return ""
	}
	return " on " + t.Since.UTC().Format("2 January 2006 at 15:04 UTC")
}

func bulkSentence(l *Line, who string) string {
	b := l.Detail.Bulk
	done := b.Operations - b.Refused - b.Failed
	parts := []string{strconv.Itoa(done) + " done"}
	if b.Refused > 0 {
		parts = append(parts, strconv.Itoa(b.Refused)+" refused")
	}
	if b.Failed > 0 {
		parts = append(parts, strconv.Itoa(b.Failed)+" failed")
	}
	return fmt.Sprintf("%s sent %s at once: %s.", who, counted(int64(b.Operations), "change", "changes"), strings.Join(parts, ", "))
}

// effectSentence tells of a write that changed something.
func effectSentence(l *Line, who string) string {
	e := &l.Detail.Effects[0]
	name := named(e.ResourceType, e.Name, e.ID)
	switch e.Action {
	case EffectCreated:
		return who + " created " + name + withMembers(e) + "."
	case EffectAdopted:
		return who + " took over " + name + ", who was registered before."
	case EffectDeactivated:
		return who + " deactivated " + name + "."
	case EffectReactivated:
		return who + " reactivated " + name + "."
	case EffectDeleted:
		return who + " deleted " + name + "."
	}
	if e.Added+e.Removed+e.Pending > 0 {
		return who + " " + memberChanges(e, name) + "."
	}
	return who + " changed " + attributeList(e.Attributes) + " of " + name + "."
}

func withMembers(e *Effect) string {
	switch {
	case e.Added == 0 && e.Pending == 0:
		return ""
	case e.Pending == 0:
		return " with " + counted(int64(e.Added), "member", "members")
	}
	return fmt.Sprintf(" with %s; %s until they are provisioned", counted(int64(e.Added), "member", "members"), waiting(e.Pending))
}

func waiting(n int) string {
	if n == 1 {
		return "1 waits"
	}
	return strconv.Itoa(n) + " wait"
}

func memberChanges(e *Effect, name string) string {
	var parts []string
	if e.Added > 0 {
		parts = append(parts, "added "+counted(int64(e.Added), "member", "members")+" to "+name)
	}
	if e.Removed > 0 {
		if len(parts) > 0 {
			name = "it"
		}
		parts = append(parts, "removed "+counted(int64(e.Removed), "member", "members")+" from "+name)
	}
	text := strings.Join(parts, " and ")
	if text == "" {
		text = "named members of " + name
	}
	if e.Pending > 0 {
		text += "; " + waiting(e.Pending) + " to be provisioned"
	}
	return text
}

// attributeList names up to three.
func attributeList(names []string) string {
	const most = 3
	short := make([]string, 0, len(names))
	for _, name := range names {
		short = append(short, name[strings.LastIndexByte(name, ':')+1:])
	}
	switch n := len(short); {
	case n == 0:
		return "something"
	case n == 1:
		return short[0]
	case n <= most:
		return strings.Join(short[:n-1], ", ") + " and " + short[n-1]
	}
	return strings.Join(short[:most-1], ", ") + " and " + strconv.Itoa(len(short)-most+1) + " more attributes"
}

func readSentence(l *Line, who string) string {
	switch d := &l.Detail; {
	case l.Kind == KindCredentialsCheck:
		return who + " tested address and token, and they work."
	case l.Kind == KindDiscovery:
		return who + " read what this server can do."
	case d.Lookup != nil:
		return who + " looked for " + sort(l, 1) + " by " + d.Lookup.Attribute + " and " + found(l) + "."
	case d.List != nil && d.List.Total >= 0:
		return who + " listed " + sort(l, 2) + ": " + strconv.Itoa(d.List.Total) + " in all."
	case d.List != nil:
		return who + " listed " + sort(l, 2) + "."
	}
	return who + " read " + orSomebody(l) + "."
}

func found(l *Line) string {
	switch n := l.Detail.Lookup.Found; {
	case n == 0 && l.ResourceType == "User":
		return "found nobody"
	case n == 0:
		return "found nothing"
	case n == 1 && l.Subject != "":
		return "found " + l.Subject
	default:
		return "found " + strconv.Itoa(n)
	}
}

// sort is what a request was about: one, or several.
func sort(l *Line, n int) string {
	word := map[string]string{"User": "user", "Group": "group"}[l.ResourceType]
	switch {
	case word == "" && n == 1:
		return "something"
	case word == "":
		return "everything"
	case n == 1:
		return "a " + word
	}
	return word + "s"
}

// named is a resource in a sentence.
func named(resourceType, name, id string) string {
	if name == "" {
		name = id
	}
	switch resourceType {
	case "User", "":
		return name
	case "Group":
		return "the group " + name
	}
	return "the " + resourceType + " " + name
}

// orSomebody is whom the request was about.
func orSomebody(l *Line) string {
	if l.Subject == "" && l.ResourceID == "" {
		return sort(l, 1)
	}
	return named(l.ResourceType, l.Subject, l.ResourceID)
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}
