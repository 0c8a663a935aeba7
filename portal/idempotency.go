package portal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants/login"
)

const (
	headerIdempotencyKey = "Idempotency-Key"
	headerReplayed       = "Idempotent-Replayed"
	maxIdempotencyKey    = 255

	// repeatableTime bounds the work on a request that has a key. It ends well
	// before others take the request for one whose server died.
	repeatableTime = login.AnswerGrace - 10*time.Second
	// keepTime bounds the storing of an answer, which goes on when the client
	// has gone: it is the one who will ask again.
	keepTime = 5 * time.Second
)

// keptHeaders are those that an answer is repeated with.
var keptHeaders = []string{"Content-Type", "Location", "Cache-Control"}

// idempotent gives a POST that is sent again under the same Idempotency-Key the
// answer that it had, so that nothing is made twice. It stands behind the gate:
// whoever may not do it any more is not told what came of it before.
func (p *Portal) idempotent(c *gin.Context) {
	key := c.GetHeader(headerIdempotencyKey)
	principal := principalOf(c.Request.Context())
	if c.Request.Method != http.MethodPost || key == "" || principal.ID == "" {
		return
	}
	r, err := repeatable(c.Request, principal.ID, key)
	if err != nil {
		p.failed(c, err)
		return
	}
	claim, kept, err := p.answers.Begin(c.Request.Context(), r)
	switch {
	case err != nil:
		p.failed(c, err)
	case claim == nil:
		p.replay(c, r, kept)
	default:
		p.carryOut(c, claim)
	}
}

// repeatable describes the request. What its body says is read and put back.
func repeatable(r *http.Request, actor, key string) (login.Repeatable, error) {
	if err := checkIdempotencyKey(key); err != nil {
		return login.Repeatable{}, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return login.Repeatable{}, invalidRequest(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	digest := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL.RequestURI()), body} {
		digest.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // so that no byte can be of another part
		digest.Write(part)
	}
	return login.Repeatable{Actor: actor, Key: sha256.Sum256([]byte(key)), Request: [sha256.Size]byte(digest.Sum(nil))}, nil
}

func checkIdempotencyKey(key string) error {
	fine := len(key) <= maxIdempotencyKey
	for _, c := range []byte(key) {
		fine = fine && c > ' ' && c <= '~'
	}
	if !fine {
		return &Problem{Status: http.StatusBadRequest, Code: "invalid", Field: headerIdempotencyKey,
			Detail: "Give 1 to 255 printable ASCII characters without spaces, such as a UUID."}
	}
	return nil
}

// replay answers as before, or says why it cannot.
func (p *Portal) replay(c *gin.Context, r login.Repeatable, kept *login.KeptAnswer) {
	switch {
	case kept.Request != r.Request:
		p.failed(c, &Problem{Status: http.StatusUnprocessableEntity, Code: "idempotency_mismatch",
			Detail: "This Idempotency-Key was used for a different request. Use a new key for each thing to do."})
		return
	case kept.Status == 0:
		p.failed(c, &Problem{Status: http.StatusConflict, Code: "idempotency_in_progress", RetryAfter: time.Second,
			Detail: "A request with this Idempotency-Key is under way. Send it again in a moment: it then has the same answer."})
		return
	}
	answer, err := p.answers.Open(r, kept)
	if err != nil {
		p.failed(c, err)
		return
	}
	c.Abort()
	for _, header := range answer.Header {
		c.Header(header[0], header[1])
	}
	c.Header(headerReplayed, "true")
	c.Status(answer.Status)
	_, _ = c.Writer.Write(answer.Body) // the client is gone if this fails; there is nobody to tell
}

// carryOut lets the request through and keeps its answer before it is sent: who
// does not get it asks again.
func (p *Portal) carryOut(c *gin.Context, claim *login.Claim) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), repeatableTime)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	held := &heldAnswer{ResponseWriter: c.Writer}
	c.Writer = held
	done := false
	defer func() {
		c.Writer = held.ResponseWriter
		if !done { // a panic: nobody knows what was done
			p.settle(c.Request.Context(), claim, nil)
		}
	}()
	c.Next()
	done = true
	p.settle(ctx, claim, held.answer())
	held.release()
}

// settle keeps an answer, or gives the key up for what should be tried again.
func (p *Portal) settle(ctx context.Context, claim *login.Claim, answer *login.Answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	var err error
	if answer != nil && keepable(answer.Status) {
		err = claim.Keep(ctx, answer)
	} else {
		err = claim.Free(ctx)
	}
	if err != nil { // the key comes free by itself; what was done stands
		p.logger.WarnContext(ctx, "the answer to a request with an idempotency key was not kept", "error", err)
	}
}

// keepable: what says something about the server, or about whoever asks, may be
// different the next time, and nothing was done.
func keepable(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status < http.StatusInternalServerError
}
