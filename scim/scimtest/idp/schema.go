package idp

// The URNs of RFC 7643 and RFC 7644 that requests and answers carry.
const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	listSchema       = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchSchema      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	errorSchema      = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// kind is a resource type.
type kind struct {
	name     string // in meta.resourceType
	endpoint string
	schema   string
}

var (
	users  = kind{"User", "/Users", userSchema}
	groups = kind{"Group", "/Groups", groupSchema}
)
