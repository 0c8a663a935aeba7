package requestlog

import "strconv"

// attempts are what a request of each kind wanted: "could not …". A kind that is
// about somebody has their name behind it.
var attempts = map[Kind]struct {
	verb  string
	whose bool
}{
	KindCredentialsCheck: {"test address and token", false},
	KindDiscovery:        {"read what this server can do", false},
	KindUserLookup:       {"look for a user", false},
	KindUserRead:         {"read", true},
	KindUserList:         {"list users", false},
	KindUserCreate:       {"create", true},
	KindUserUpdate:       {"update", true},
	KindUserDeactivate:   {"deactivate", true},
	KindUserReactivate:   {"reactivate", true},
	KindUserDelete:       {"delete", true},
	KindGroupLookup:      {"look for a group", false},
	KindGroupRead:        {"read", true},
	KindGroupList:        {"list groups", false},
	KindGroupCreate:      {"create", true},
	KindGroupUpdate:      {"update", true},
	KindGroupMembers:     {"change the members of", true},
	KindGroupDelete:      {"delete", true},
	KindResourceLookup:   {"look for something", false},
	KindResourceRead:     {"read", true},
	KindResourceList:     {"list", true},
	KindResourceCreate:   {"create", true},
	KindResourceUpdate:   {"update", true},
	KindResourceDelete:   {"delete", true},
	KindBulk:             {"send several changes at once", false},
	KindSearch:           {"search", false},
	KindOther:            {"use this address", false},
}

func attempt(l *Line) string {
	a := attempts[l.Kind]
	if !a.whose {
		return a.verb
	}
	return a.verb + " " + orSomebody(l)
}

// reason says why, behind a colon.
func reason(l *Line) string {
	switch l.Code {
	case CodePaused:
		return "the connection is paused"
	case CodeTenantSuspended:
		return "the organisation's account is suspended"
	case CodeNotEntitled:
		return "it is not part of what the organisation has booked"
	case CodeNotPermitted:
		return "the connection is not allowed to"
	case CodeUsernameTaken:
		return "the user name is taken"
	case CodeConflict:
		return attributeOr(l, "a value that must be unique") + " is taken"
	case CodeDomainNotVerified:
		return "the connection is not for people of this domain"
	case CodeRequiredMissing:
		return attributeOr(l, "a required attribute") + " is missing"
	case CodeMemberUnknown:
		return unknownMembers(l.Detail.Members)
	case CodeSeatLimit:
		return "all seats are used"
	case CodeRateLimited:
		return "there were too many requests at a time"
	case CodeTooLarge:
		return "the request is too large"
	case CodeInvalidFilter:
		return "the filter cannot be understood"
	case CodeInvalidPath, CodeNoTarget:
		return "it names an attribute that is not there"
	case CodeInvalidSyntax:
		return "the request cannot be understood"
	case CodeMutability:
		return "it wants to change what cannot be changed"
	case CodeNotFound:
		return "it is not there"
	case CodeNoEndpoint:
		return "there is no such address"
	case CodeMethodNotAllowed, CodeNotImplemented:
		return "the address does not do that"
	case CodeMediaType:
		return "the request is not JSON"
	case CodePreconditionFailed:
		return "somebody else has changed it meanwhile"
	case CodeUnavailable:
		return "the server was not available for a moment"
	case CodeInternal:
		return "the server failed"
	}
	return "a value is not valid"
}

func attributeOr(l *Line, otherwise string) string {
	if l.Detail.Error != nil && l.Detail.Error.Attribute != "" {
		return l.Detail.Error.Attribute
	}
	return otherwise
}

func unknownMembers(m *Members) string {
	switch {
	case m == nil || m.Missing == 0:
		return "members are not provisioned"
	case m.Add > m.Missing:
		return strconv.Itoa(m.Missing) + " of " + strconv.Itoa(m.Add) + " members are not provisioned"
	case m.Missing == 1:
		return "1 member is not provisioned"
	}
	return strconv.Itoa(m.Missing) + " members are not provisioned"
}
