package requestlog

import (
	"net/http"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Exchange is a request as the SCIM interface has answered it. It refers to
// bodies and texts of the request and changes nothing of them.
type Exchange struct {
	At       time.Time
	Duration time.Duration

	TenantID   string // canonical UUID text; "": nobody knows yet
	Connection string // public id, as the URL names it
	Method     string
	Path       string // below the connection's base URL, without a leading slash
	RawQuery   string
	RequestID  string
	UserAgent  string
	Address    string

	TokenID    string // public id; "": an unknown token, or none
	TokenHint  string // see HintOf
	TokenSent  string // see HintOf
	TokenSince time.Time

	Status     int
	Code       Code
	Attribute  string // that the refusal is about
	RetryAfter time.Duration
	Missing    []string // members that are not provisioned

	Changes     []Change
	MoreChanges int
	Bulk        *Bulk

	RequestBody  []byte
	ResponseBody []byte
	Shortened    bool // ResponseBody is an excerpt

	id      tenants.RequestID
	repeats int64 // further requests that were folded into this one
	cut     bool  // bodies were dropped for want of room
	again   bool  // an attempt to store it has failed
	tries   int   // how often it could not be stored though others could
}

// Change is what a request changed of one resource.
type Change struct {
	Action       string
	ResourceType string
	ID           string
	Name         string
	Attributes   []string

	Added, Removed, Pending int
	AddedIDs, RemovedIDs    []string

	Person *PersonValues
}

// PersonValues is what Person is made from. It is not kept.
type PersonValues struct {
	UserName   string
	ExternalID string
	Emails     []string
	Active     bool
	Named      bool
}

// size is what the exchange holds in memory, roughly.
func (x *Exchange) size() int {
	const fixed = 600
	return fixed + len(x.RequestBody) + len(x.ResponseBody) + len(x.RawQuery) + len(x.Path) + 300*len(x.Changes) + 40*len(x.Missing)
}

// isRead says that the request could change nothing: it may be folded.
func (x *Exchange) isRead() bool {
	switch x.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	case http.MethodPost:
		return isSearch(x.Path)
	}
	return false
}
