package trace

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// words writes findings.
type words struct{ *Evidence }

// name is what people call somebody, with the user name if that is not what was
// asked for.
func (w words) name(p *people.User) string {
	name := cmp.Or(p.DisplayName, p.UserName)
	if name == p.UserName || strings.EqualFold(p.UserName, w.Who) {
		return name
	}
	return fmt.Sprintf("%s (user name %s)", name, p.UserName)
}

func on(t time.Time) string { return t.UTC().Format("2 January 2006 at 15:04 UTC") }

func (w words) others() string {
	if w.Same < 2 {
		return ""
	}
	return fmt.Sprintf(" %d people are called that; this is about the one with the user name %s.", w.Same, w.Person.UserName)
}

const namedRoles = 3

func (w words) hasAccess() Finding {
	var held []string
	n := w.roles()
	for i := range w.Access.Access {
		if l := &w.Access.Access[i]; l.Wins && len(held) < namedRoles {
			held = append(held, l.Role.Name+" "+at(l.EntryPoint))
		}
	}
	list := strings.Join(held, ", ")
	if n > namedRoles {
		list += fmt.Sprintf(" and %d more", n-namedRoles)
	}
	return Finding{Verdict: HasAccess, Sentence: fmt.Sprintf("%s is here and has access: %s.%s", w.name(w.Person), list, w.others())}
}

func at(entryPoint string) string {
	if entryPoint == access.Everywhere {
		return "everywhere"
	}
	return "at " + entryPoint
}

// noAccess says what the explanation of access says, the part that most helps.
func (w words) noAccess() Finding {
	f := Finding{Verdict: NoAccess, Sentence: fmt.Sprintf("%s is here and active, but holds no role.%s", w.name(w.Person), w.others())}
	for _, code := range []string{"connection_deleted", "groups_not_mapped", "mapping_without_effect", "not_mappable", "no_groups", "assignment_without_effect"} {
		why := w.why(code)
		if why == "" {
			continue
		}
		f.Sentence += " " + why
		switch code {
		case "groups_not_mapped":
			f.Fix = "Map one of these groups to a role, or assign a role to the person."
		case "no_groups":
			f.Fix = "Add the person to a group that has a role mapping, or assign a role to the person here."
			if w.Person.Managed() {
				f.Where = requestlog.GroupPlace(w.provider())
			}
		}
		return f
	}
	f.Fix = "Assign a role to the person."
	return f
}

// why is the message of an explanation; "" if it does not apply.
func (w words) why(code string) string {
	if w.Access != nil {
		for _, why := range w.Access.None {
			if why.Code == code {
				return why.Message
			}
		}
	}
	return ""
}

func (w words) inactive() Finding {
	f := Finding{Verdict: Inactive}
	if why := w.why("connection_deleted"); why != "" {
		f.Sentence = w.name(w.Person) + " is here, but may not work. " + why
		return f
	}
	f.Sentence = w.name(w.Person) + " is here, but inactive"
	if s := w.Stopped; s != nil {
		f.Sentence += " since " + on(s.At)
		if s.By != "" {
			f.Sentence += ", by " + s.By
		}
	}
	f.Sentence += "." + w.others()
	if !w.Person.Managed() {
		f.Fix = "Activate the person here."
		return f
	}
	f.Fix = "Assign the person to the application again in " + requestlog.Inside(w.provider()) + ", or activate them there."
	f.Where = requestlog.AssignPlace(w.provider())
	return f
}

func (w words) deleted(gone *Event) Finding {
	by := ""
	if gone.By != "" {
		by = " by " + gone.By
	}
	return Finding{
		Verdict:  Deleted,
		Sentence: fmt.Sprintf("%s was here and was deleted on %s%s.", cmp.Or(gone.Name, w.Who), on(gone.At), by),
		Fix:      "Assign the person to the application again in " + requestlog.Inside(w.provider()) + ", so that they are created anew.",
		Where:    requestlog.AssignPlace(w.provider()),
	}
}

func (w words) refused(e *requestlog.Entry) Finding {
	f := Finding{Verdict: Refused, Sentence: requestlog.Sentence(&e.Line, e.Provider) + " That was on " + on(e.At) + "."}
	if fix := requestlog.FixOf(&e.Line, e.Provider); fix != nil {
		f.Fix, f.Where = fix.Fix, fix.Where
	}
	return f
}

func (w words) otherUserName() Finding {
	p := w.Alike[0]
	f := Finding{Verdict: OtherUserName}
	called := cmp.Or(p.DisplayName, p.UserName)
	if called != p.UserName {
		called += " is, under the user name " + p.UserName
	} else {
		called += " is"
	}
	if w.Renamed {
		f.Sentence = fmt.Sprintf("%s is no longer called that: the requests were about the person whose user name is now %s.", w.Who, p.UserName)
	} else {
		f.Sentence = fmt.Sprintf("Nobody is here as %s, but %s.", w.Who, called)
	}
	if n := len(w.Alike); n > 1 {
		f.Sentence += fmt.Sprintf(" %s called nearly the same.", counted(n-1, "other is", "others are"))
	}
	if p.Managed() {
		f.Fix = "If that is the same person and the user name is wrong, map another attribute to userName in " + requestlog.Inside(w.provider()) + "."
		f.Where = requestlog.MappingPlace(w.provider())
	}
	if w.Renamed {
		f.Fix = "Look for them under that name. If it is wrong, correct it in " + requestlog.Inside(w.provider()) + "."
	}
	return f
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// missing is what to do about somebody who is never created.
func (w words) missing() (fix, where string) {
	return "Check in " + requestlog.Inside(w.provider()) + " that the person is assigned to the application, directly or by a group, " +
		"that no scope or filter leaves them out, and that it may create users. Then provision the person there at once.", requestlog.AssignPlace(w.provider())
}

func (w words) namedOnly() Finding {
	f := Finding{Verdict: LookedUpOnly}
	first := w.Waiting[0]
	f.Sentence = fmt.Sprintf("The group %s names %s as a member since %s, but the person was never created here.", first.Group, w.Who, on(first.Since))
	f.Fix, f.Where = w.missing()
	return f
}

func (w words) lookedUpOnly(e *requestlog.Entry) Finding {
	f := Finding{Verdict: LookedUpOnly}
	f.Sentence = fmt.Sprintf("%s looked for %s on %s, was told that nobody is there, and did not create the person.",
		requestlog.Name(e.Provider), w.Who, on(e.At))
	f.Fix, f.Where = w.missing()
	return f
}

func (w words) neverReceived() Finding {
	f := Finding{Verdict: NeverReceived}
	switch {
	case len(w.Connections) == 0:
		f.Sentence = "Nothing about " + w.Who + " ever came: there is no connection to an identity provider."
		f.Fix = "Create a connection, and assign the person to the application in your identity provider."
		return f
	case w.LogSince.IsZero():
		f.Sentence = "Nothing about " + w.Who + " is known, and nothing that an identity provider sent is logged."
	default:
		f.Sentence = "Nothing about " + w.Who + " has come since " + on(w.LogSince) + ", which is how far back the log goes."
	}
	f.Fix, f.Where = w.missing()
	return f
}
