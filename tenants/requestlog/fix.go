package requestlog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/quirk"
)

// Fix is what to do about a refusal: one sentence of cause, one of remedy, and
// where to click.
type Fix struct {
	Cause string
	Fix   string
	Where string // in the provider's own labels; "": nowhere there
}

// FixOf says what to do about a request that was refused or failed; nil if there
// is nothing to be done about it.
func FixOf(l *Line, provider quirk.Provider) *Fix {
	if l.Outcome != Refused && l.Outcome != Failed || l.Code == CodeNone && l.Detail.Bulk == nil {
		return nil
	}
	f := fixer{l: l, p: inside(provider), at: labelsOf(provider)}
	fix := f.fix()
	return &fix
}

// fixer writes the fix of one line.
type fixer struct {
	l  *Line
	p  string // the provider in the middle of a sentence
	at labels
}

func (f *fixer) fix() Fix {
	switch f.l.Code {
	case CodeTokenUnknown, CodeTokenExpired, CodeTokenRevoked:
		return f.token()
	case CodePaused, CodeTenantSuspended, CodeNotEntitled, CodeNotPermitted, CodeSeatLimit, CodeDomainNotVerified:
		return f.permission()
	case CodeUsernameTaken, CodeConflict, CodeRequiredMissing, CodeMemberUnknown:
		return f.data()
	case CodeRateLimited, CodeUnavailable, CodeInternal, CodePreconditionFailed:
		return f.passing()
	case CodeTooLarge:
		return Fix{"The request is larger than the server takes.", "Send fewer members at a time, or split the request.", ""}
	case CodeNotFound:
		return Fix{fmt.Sprintf("%s asked for something that is no longer here, or never was.", upper(f.p)),
			"Send the person or group again, so that it is created anew.", f.at.retry}
	case CodeNoEndpoint, CodeMethodNotAllowed, CodeNotImplemented:
		return Fix{"There is no such address below the SCIM base URL.",
			"Enter the base URL exactly as the connection shows it, with nothing behind it.", f.at.token}
	case CodeNone:
		return Fix{"Some of the changes were refused.", "Look at the answers of the single changes.", ""}
	}
	return f.mapping()
}

func (f *fixer) token() Fix {
	remedy := "Create a new token for this connection and enter it in " + f.p + "."
	switch t := f.l.Detail.Token; {
	case f.l.Code == CodeTokenExpired:
		return Fix{"The token has expired" + sinceOf(t) + ".", remedy, f.at.token}
	case f.l.Code == CodeTokenRevoked:
		return Fix{"The token was revoked" + sinceOf(t) + ".", remedy, f.at.token}
	case t != nil && t.Sent == SentNone:
		return Fix{"The request came without a token.", "Enter this connection's token in " + f.p + ".", f.at.token}
	case t != nil && t.Sent == SentOther && f.l.TokenHint != "":
		return Fix{"The token was not copied completely, or has been changed.", "Copy the token again and enter it in " + f.p + ", without blanks around it.", f.at.token}
	}
	return Fix{"The request used a token that this connection does not know.",
		"Enter a current token of this connection in " + f.p + ", together with this connection's base URL.", f.at.token}
}

func sinceOf(t *Token) string {
	if t == nil {
		return ""
	}
	return on(t)
}

func (f *fixer) permission() Fix {
	switch f.l.Code {
	case CodePaused:
		return Fix{"The connection is paused.", "Resume the connection. Nothing is lost: " + f.p + " tries again.", ""}
	case CodeTenantSuspended:
		return Fix{"The organisation's account is suspended.", "Ask the provider of the application to resume it.", ""}
	case CodeNotEntitled:
		return Fix{"This is not part of what the organisation has booked.",
			"Ask the provider of the application to turn it on, or switch it off in " + f.p + ".", f.at.actions}
	case CodeSeatLimit:
		return Fix{"All seats of the organisation are used.",
			"Deactivate somebody who no longer needs access, or ask the provider of the application for more seats; then send this again.", f.at.retry}
	case CodeDomainNotVerified:
		return Fix{"The person's address is of a domain that this connection is not for.",
			"Add the domain to the connection, or do not assign the person in " + f.p + ".", f.at.assign}
	}
	return Fix{"This connection may not " + attempts[f.l.Kind].verb + suffix(f.l) + ".",
		"Allow it in the connection's settings, or switch it off in " + f.p + ".", f.at.actions}
}

// suffix is what a permission is about.
func suffix(l *Line) string {
	switch {
	case !attempts[l.Kind].whose:
		return ""
	case strings.HasPrefix(string(l.Kind), "user."):
		return " users"
	case strings.HasPrefix(string(l.Kind), "group."):
		return " groups"
	}
	return " this"
}

func (f *fixer) data() Fix {
	switch f.l.Code {
	case CodeUsernameTaken:
		who := f.l.Subject
		if who == "" {
			who = "The user name"
		}
		return Fix{who + " is already provisioned by this connection, with another id.",
			"Let " + f.p + " match the existing user by userName, or remove one of the two there.", f.at.assign}
	case CodeConflict:
		return Fix{"Another resource has the same " + attributeOr(f.l, "value") + ".",
			"Give one of the two another " + attributeOr(f.l, "value") + " in " + f.p + ".", f.at.groups}
	case CodeRequiredMissing:
		return Fix{attributeOr(f.l, "A required attribute") + " has no value.",
			"Map " + attributeOr(f.l, "it") + " to an attribute that everybody has, and fill it in for this person.", f.at.mapping}
	}
	return Fix{upper(unknownMembers(f.l.Detail.Members)) + " here, so the group was left as it was.",
		"Assign these people to the application, then send the group again.", f.at.assign}
}

func (f *fixer) passing() Fix {
	switch f.l.Code {
	case CodeRateLimited:
		return Fix{"The connection sent more requests than it may.", "Nothing: " + f.p + " slows down, and nothing is dropped.", ""}
	case CodePreconditionFailed:
		return Fix{"The resource was changed between reading and writing.", "Nothing, if " + f.p + " reads it again; otherwise send it again.", f.at.retry}
	case CodeUnavailable:
		return Fix{"The server was not available for a moment, and changed nothing.", "Nothing: " + f.p + " tries again.", ""}
	}
	return Fix{"The server failed, and changed nothing.",
		"Send this again; if it fails again, give the request id " + f.l.RequestID + " to the provider of the application.", f.at.retry}
}

// mapping is the fix of a request that says what cannot be.
func (f *fixer) mapping() Fix {
	cause := "The request says something that cannot be stored."
	if e := f.l.Detail.Error; e != nil && e.Detail != "" {
		cause = e.Detail
	}
	return Fix{cause, "Correct the attribute in the mapping of " + f.p + ", then send this again.", f.at.mapping}
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" || strings.Contains(s, "@") {
		return s
	}
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}
