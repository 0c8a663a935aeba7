package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// The headers of Standard Webhooks.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// userAgent is how receivers know who calls.
const userAgent = "Roster-Webhooks/1"

// message is an event as receivers get it. Its id is the event's, however often
// it is sent, so that receivers can tell that they have had it.
type message struct {
	id   string // "evt01…"
	body []byte
}

func messageOf(e *events.Event) (message, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return message{}, fmt.Errorf("encode event %s: %w", e.ID, err)
	}
	return message{id: e.ID, body: body}, nil
}

// headers are what goes with the message at a time.
func (m message) headers(secrets []Secret, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", userAgent)
	h.Set(headerID, m.id)
	h.Set(headerTimestamp, stamp)
	h.Set(headerSignature, m.sign(secrets, stamp, at))
	return h
}

// sign is the signature by every secret that is live, the newest first.
func (m message) sign(secrets []Secret, stamp string, at time.Time) string {
	var all []string
	for i := len(secrets) - 1; i >= 0; i-- {
		if !secrets[i].Live(at) {
			continue
		}
		mac := hmac.New(sha256.New, secrets[i].Key)
		mac.Write([]byte(m.id + "." + stamp + "."))
		mac.Write(m.body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}

// TypeTest is the type of the message that testing a webhook sends.
const TypeTest events.Type = "webhook.test"

// testEvent is an event of nothing: it has no place in any sequence.
func testEvent(w *Webhook, id tenants.EventID, at time.Time) *events.Event {
	return &events.Event{
		ID: id.String(), TenantID: w.TenantID.String(), Type: TypeTest, OccurredAt: at,
		Data: []byte(`{"webhook_id":"` + w.ID.String() + `","message":"This is a test. Nothing has happened."}`),
	}
}
