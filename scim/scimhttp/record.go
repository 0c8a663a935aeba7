package scimhttp

import (
	"net/http"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim"
)

// Recorder is told of every request to a connection's address, once it was
// answered.
type Recorder interface {
	// Record must not block, nor change what the exchange refers to. The exchange
	// and its bodies are the recorder's from then on, to read.
	Record(x *Exchange)
}

// Exchange is a request and what came of it.
type Exchange struct {
	At       time.Time
	Duration time.Duration // until the answer was written

	Connection string // as the URL names it; there may be none of that name
	Method     string
	Path       string // below the connection's base URL, as it was sent
	RawQuery   string
	RequestID  string
	UserAgent  string
	Address    string
	Credential string // in the clear: to be forgotten once it is known what to show of it

	// Who was let in. Of somebody who was not, as far as a Refusal says it.
	Directory scim.Directory
	TokenID   string // public id

	Status       int
	Err          error // why the request was refused; nil if it was not
	RetryAfter   time.Duration
	Effects      *scim.Effects
	Bulk         []scim.BulkResult
	RequestBody  []byte // nil: none, or it was not read
	ResponseBody []byte
	Shortened    bool // ResponseBody is an excerpt of a large answer
}

// begin is what is known of a request before it is carried out.
func begin(w http.ResponseWriter, r *http.Request) *Exchange {
	x := &Exchange{
		At: time.Now(), Method: r.Method, RawQuery: r.URL.RawQuery, RequestID: w.Header().Get(headerRequestID),
		UserAgent: bounded(r.UserAgent(), maxUserAgent), Address: host(r.RemoteAddr), Credential: credential(r),
	}
	x.Connection, x.Path, _ = strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), Prefix), "/")
	return x
}

// maxUserAgent is how much of a User-Agent is kept, in bytes.
const maxUserAgent = 256

// admitted notes whose request it is.
func (x *Exchange) admitted(a *Admission) *scim.Effects {
	if x == nil {
		return nil
	}
	x.Directory, x.TokenID, x.Effects = a.Directory, a.TokenID, &scim.Effects{}
	return x.Effects
}

// read notes the body of the request.
func (x *Exchange) read(body []byte) {
	if x != nil {
		x.RequestBody = body
	}
}

// performed notes the results of a bulk request.
func (x *Exchange) performed(results []scim.BulkResult) {
	if x != nil {
		x.Bulk = results
	}
}

// answered notes what the client got.
func (x *Exchange) answered(status int, body []byte) {
	if x != nil {
		x.Status, x.ResponseBody = status, body
	}
}

// answeredWith notes a success; of a large answer, an excerpt.
func (x *Exchange) answeredWith(response *scim.Response) {
	if x == nil {
		return
	}
	body := response.Body
	if response.Large != nil {
		body, x.Shortened = response.Large.Excerpt()
	}
	x.answered(response.Status, body)
}

// refused notes why the client got an error.
func (x *Exchange) refused(err error, refusal *Refusal) {
	if x == nil {
		return
	}
	x.Err = err
	if refusal == nil {
		return
	}
	x.RetryAfter = refusal.RetryAfter
	if x.TokenID == "" {
		x.Directory, x.TokenID = refusal.Directory, refusal.TokenID
	}
}

// record hands the exchange over. It runs also if the handler panicked, which
// answers with a 500 further out.
func (h *Handler) record(x *Exchange) {
	if x.Status == 0 {
		x.Status = http.StatusInternalServerError
	}
	x.Duration = time.Since(x.At)
	h.Recorder.Record(x)
}
