package conformance

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
)

// The URNs of RFC 7643 and RFC 7644.
const (
	coreURN       = "urn:ietf:params:scim:schemas:core:2.0:"
	userURN       = coreURN + "User"
	groupURN      = coreURN + "Group"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	messageURN    = "urn:ietf:params:scim:api:messages:2.0:"
	patchURN      = messageURN + "PatchOp"
	listURN       = messageURN + "ListResponse"
	searchURN     = messageURN + "SearchRequest"
	errorURN      = messageURN + "Error"
	bulkURN       = messageURN + "BulkRequest"
	bulkAnswerURN = messageURN + "BulkResponse"
)

// session is one run against one server: what it is, what was made there.
type session struct {
	target   Target
	options  Options
	http     *http.Client
	id       string // the run id
	serial   int    // of the names made up
	requests int    // sent in all
	lost     int    // requests in a row without an answer
	gone     error  // why there is no point in going on

	config     doc // ServiceProviderConfig, nil if it could not be read
	schemas    catalog
	users      kind
	groups     kind
	extensions []string // of users, by URN
	groupless  bool     // /ResourceTypes lists none
	offers     offers

	made   []made
	shared map[string]bool // paths of what later checks need again
	people *people
}

// kind is a resource type as the server describes it.
type kind struct {
	name     string
	endpoint string // below the base URL, with its slash
	schema   string
}

// newSession makes up a run id, which is in the name of all that the run makes.
func newSession(target Target, options Options) *session {
	return &session{
		target: target, options: options.withDefaults(), http: target.client(),
		id:     "cf" + strings.ToLower(rand.Text()[:8]),
		users:  kind{"User", "/Users", userURN},
		groups: kind{"Group", "/Groups", groupURN},
		shared: map[string]bool{},
	}
}

// label is a name that nothing else has.
func (s *session) label(what string) string {
	s.serial++
	return fmt.Sprintf("%s-%s%d", s.id, what, s.serial)
}

// probe begins to work with the server.
func (s *session) probe(ctx context.Context) *probe { return &probe{session: s, ctx: ctx} }
