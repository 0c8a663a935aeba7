package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/authz"
)

// ClaimRule gives a role to those whose identity token has a value in a claim.
type ClaimRule struct{ Claim, Value, Role string }

const maxClaimRules = 100

// ParseClaimRules reads "groups=roster-admins:owner,groups=support:support". The
// role is behind the last colon, so the value may have some.
func ParseClaimRules(text string) ([]ClaimRule, error) {
	var rules []ClaimRule
	for part := range strings.SplitSeq(text, ",") {
		claim, rest, ok := strings.Cut(strings.TrimSpace(part), "=")
		colon := strings.LastIndexByte(rest, ':')
		if !ok || claim == "" || colon < 1 || colon == len(rest)-1 {
			return nil, fmt.Errorf("%q is not CLAIM=VALUE:ROLE, such as groups=roster-admins:owner", part)
		}
		rule := ClaimRule{claim, rest[:colon], rest[colon+1:]}
		if err := authz.CheckRoleKey(rule.Role); err != nil {
			return nil, fmt.Errorf("%q cannot be a role: %w", rule.Role, err)
		}
		if builtIn, ok := authz.BuiltIn(rule.Role); ok && !builtIn.Staff {
			return nil, fmt.Errorf("the role %s is for customers; give %s, %s or %s, or one of the catalogue",
				rule.Role, authz.RoleOwner, authz.RoleOperator, authz.RoleSupport)
		}
		rules = append(rules, rule)
	}
	if len(rules) > maxClaimRules {
		return nil, fmt.Errorf("there are more than %d rules", maxClaimRules)
	}
	return rules, nil
}

// RolesOf returns the roles that the rules give for claims. A claim is a text, a
// truth value, or a list of texts.
func RolesOf(rules []ClaimRule, claims map[string]any) []string {
	var roles []string
	for _, rule := range rules {
		if slices.Contains(claimValues(claims[rule.Claim]), rule.Value) {
			roles = append(roles, rule.Role)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

func claimValues(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []any:
		var list []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

// ErrNoRole says that nobody has given whoever signs in a role here.
var ErrNoRole = errors.New("no role is mapped to this person")

// Staff is one of the vendor's own people, as their identity provider says.
type Staff struct {
	Subject string
	Name    string
	Email   string
	Roles   []string
}

// SignInStaff begins a session of staff. Roles that the catalogue does not know
// any more are left out; the error is ErrNoRole if none is left.
func (s *Service) SignInStaff(ctx context.Context, who Staff) (*Started, error) {
	roles, err := s.knownStaffRoles(ctx, who.Roles)
	if err != nil {
		return nil, err
	}
	if len(roles) == 0 {
		return nil, ErrNoRole
	}
	session := s.draft(ctx)
	session.Subject, session.Email, session.Roles = clip(who.Subject), clip(who.Email), roles
	session.Name = clip(cmp.Or(who.Name, who.Email, who.Subject))
	started, err := s.sign(session)
	if err != nil {
		return nil, err
	}
	return started, s.Store.StartSession(asSession(ctx, session), session)
}

func (s *Service) knownStaffRoles(ctx context.Context, keys []string) ([]string, error) {
	var roles, others []string
	for _, key := range keys {
		if builtIn, ok := authz.BuiltIn(key); !ok {
			others = append(others, key)
		} else if builtIn.Staff {
			roles = append(roles, key)
		}
	}
	if len(others) > 0 {
		known, err := s.Store.KnownRoles(ctx, others)
		if err != nil {
			return nil, err
		}
		roles = append(roles, known...)
	}
	slices.Sort(roles)
	return slices.Compact(roles), nil
}

// clip keeps what others say short enough and valid.
func clip(text string) string {
	if len(text) > maxSubject {
		text = text[:maxSubject]
	}
	return strings.ToValidUTF8(text, "�")
}
