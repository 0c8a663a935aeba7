package requestlog

import (
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/quirk"
)

var codes = []Code{
	CodeTokenUnknown, CodeTokenExpired, CodeTokenRevoked, CodePaused, CodeTenantSuspended, CodeNotEntitled, CodeNotPermitted,
	CodeUsernameTaken, CodeConflict, CodeDomainNotVerified, CodeRequiredMissing, CodeMemberUnknown, CodeSeatLimit, CodeRateLimited,
	CodeTooLarge, CodeInvalidFilter, CodeInvalidValue, CodeInvalidPath, CodeInvalidSyntax, CodeNoTarget, CodeMutability, CodeNotFound,
	CodeNoEndpoint, CodeMethodNotAllowed, CodeMediaType, CodePreconditionFailed, CodeNotImplemented, CodeUnavailable, CodeInternal,
}

// sound is one sentence, or one with another behind it: it begins with a capital
// letter (or somebody's address), ends with a full stop, and nothing is missing
// from it.
var sound = regexp.MustCompile(`^(\p{Lu}|\S+@)[^%]*[^\s.]\.$`)

func checkSentence(t *testing.T, what, text string) {
	t.Helper()
	if !sound.MatchString(text) || strings.Contains(text, "  ") || strings.Contains(text, " .") || strings.Contains(text, " ,") {
		t.Errorf("%s: %q", what, text)
	}
}

// TestEverythingHasASentence goes through all kinds, codes and providers: there
// is a sentence about each, and a fix for each refusal that differs by what has
// to be done.
func TestEverythingHasASentence(t *testing.T) {
	t.Parallel()
	for _, provider := range append(quirk.Providers(), "", "unheard of") {
		for _, kind := range kinds {
			for _, outcome := range []Outcome{Done, Unchanged} {
				l := &Line{Kind: kind, Outcome: outcome, ResourceType: "User", Subject: "jane@acme.com", Status: 200}
				checkSentence(t, string(kind), Sentence(l, provider))
				if FixOf(l, provider) != nil {
					t.Errorf("%s %s has a fix", kind, outcome)
				}
			}
			for _, code := range codes {
				l := refusedLine(kind, code)
				what := string(provider) + " " + string(kind) + " " + string(code)
				checkSentence(t, what, Sentence(l, provider))
				f := FixOf(l, provider)
				if f == nil {
					t.Fatalf("%s: no fix", what)
				}
				checkSentence(t, what, f.Cause)
				checkSentence(t, what, f.Fix)
			}
		}
	}
}

func refusedLine(kind Kind, code Code) *Line {
	l := &Line{Kind: kind, Outcome: Refused, Code: code, ResourceType: "User", Subject: "jane@acme.com", Status: 400, RequestID: "r-1",
		TokenHint: "rstrtokAbCd…wXyZ", Detail: Detail{Error: &Error{Status: 400, Detail: "No such thing."}}}
	switch code {
	case CodeTokenUnknown, CodeTokenExpired, CodeTokenRevoked:
		l.Detail.Token = &Token{State: code, Sent: SentToken, Since: began}
	case CodeInternal, CodeUnavailable:
		l.Outcome = Failed
	}
	return l
}

func TestSentences(t *testing.T) {
	t.Parallel()
	user := func(action string) []Effect {
		return []Effect{{Action: action, ResourceType: "User", Name: "jane@acme.com"}}
	}
	group := func(e Effect) []Effect {
		e.ResourceType, e.Name = "Group", "Sales"
		return []Effect{e}
	}
	for want, l := range map[string]Line{
		"Okta created jane@acme.com.":                              {Kind: KindUserCreate, Detail: Detail{Effects: user(EffectCreated)}},
		"Okta took over jane@acme.com, who was registered before.": {Kind: KindUserCreate, Detail: Detail{Effects: user(EffectAdopted)}},
		"Okta deactivated jane@acme.com.":                          {Kind: KindUserDeactivate, Detail: Detail{Effects: user(EffectDeactivated)}},
		"Okta added 14 members to the group Sales; 2 wait to be provisioned.": {Kind: KindGroupMembers,
			Detail: Detail{Effects: group(Effect{Action: EffectUpdated, Added: 14, Pending: 2})}},
		"Okta added 1 member to the group Sales and removed 3 members from it.": {Kind: KindGroupMembers,
			Detail: Detail{Effects: group(Effect{Action: EffectUpdated, Added: 1, Removed: 3})}},
		"Okta created the group Sales with 1 member; 2 wait until they are provisioned.": {Kind: KindGroupCreate,
			Detail: Detail{Effects: group(Effect{Action: EffectCreated, Added: 1, Pending: 2})}},
		"Okta changed title and department of jane@acme.com.": {Kind: KindUserUpdate, Detail: Detail{Effects: []Effect{{Action: EffectUpdated,
			ResourceType: "User", Name: "jane@acme.com", Attributes: []string{"title", "urn:x:enterprise:2.0:User:department"}}}}},
		"Okta changed a, b and 2 more attributes of jane@acme.com.": {Kind: KindUserUpdate, Detail: Detail{Effects: []Effect{{Action: EffectUpdated,
			ResourceType: "User", Name: "jane@acme.com", Attributes: []string{"a", "b", "c", "d"}}}}},
		"Okta looked for a user by userName and found nobody. 311 more requests of this kind came at the same time.": {Kind: KindUserLookup,
			ResourceType: "User", Repeats: 311, Detail: Detail{Lookup: &Lookup{Attribute: "userName"}}},
		"Okta looked for a group by displayName and found Sales.": {Kind: KindGroupLookup, ResourceType: "Group", Subject: "Sales",
			Detail: Detail{Lookup: &Lookup{Attribute: "displayName", Found: 1}}},
		"Okta listed users: 143 in all.":                              {Kind: KindUserList, ResourceType: "User", Detail: Detail{List: &List{Total: 143}}},
		"Okta sent 40 changes at once: 37 done, 2 refused, 1 failed.": {Kind: KindBulk, Detail: Detail{Bulk: &Bulk{Operations: 40, Refused: 2, Failed: 1}}},
		"Okta could not change the members of the group Sales: 2 of 40 members are not provisioned.": {Kind: KindGroupMembers, Outcome: Refused,
			Code: CodeMemberUnknown, ResourceType: "Group", Subject: "Sales", Detail: Detail{Members: &Members{Add: 40, Missing: 2}}},
		"A request came with the token rstrtokAbCd…19f2, which was revoked on 3 November 2026 at 10:00 UTC.": {TokenHint: "rstrtokAbCd…19f2",
			Outcome: Refused, Code: CodeTokenRevoked, Detail: Detail{Token: &Token{State: CodeTokenRevoked, Since: began, Sent: SentToken}}},
		"A request came without a token.":                               {Outcome: Refused, Code: CodeTokenUnknown, Detail: Detail{Token: &Token{State: CodeTokenUnknown, Sent: SentNone}}},
		"Okta sent jane@acme.com again, and nothing had to be changed.": {Kind: KindUserUpdate, Outcome: Unchanged, ResourceType: "User", Subject: "jane@acme.com"},
	} {
		if got := Sentence(&l, quirk.Okta); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFixesUseTheProvidersLabels(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		provider quirk.Provider
		code     Code
		where    string
	}{
		{quirk.Okta, CodeTokenUnknown, "Provisioning > Integration"},
		{quirk.Entra, CodeTokenExpired, "Provisioning > Admin Credentials > Secret Token"},
		{quirk.OneLogin, CodeTokenRevoked, "Configuration > SCIM Bearer Token"},
		{quirk.JumpCloud, CodeTokenUnknown, "Identity Management > Token Key"},
		{quirk.Okta, CodeMemberUnknown, "Assignments > Assign to People"},
		{quirk.Entra, CodeMemberUnknown, "Users and groups"},
		{quirk.Entra, CodeRequiredMissing, "Provisioning > Mappings > Provision Microsoft Entra ID Users"},
		{quirk.Okta, CodeNotPermitted, "Provisioning > To App"},
		{quirk.Generic, CodeTokenUnknown, generalLabels.token},
		{quirk.Rippling, CodeRequiredMissing, generalLabels.mapping},
		{quirk.Okta, CodePaused, ""},
	} {
		if f := FixOf(refusedLine(KindUserCreate, tc.code), tc.provider); f.Where != tc.where {
			t.Errorf("%s %s: %q, want %q", tc.provider, tc.code, f.Where, tc.where)
		}
	}
	expired := FixOf(refusedLine(KindUserList, CodeTokenExpired), quirk.Okta)
	if want := "The token has expired on " + began.Format("2 January 2006 at 15:04 UTC") + "."; expired.Cause != want {
		t.Errorf("cause %q, want %q", expired.Cause, want)
	}
}
