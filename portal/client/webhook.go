package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a webhook (Standard Webhooks).
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Why a webhook is not taken for genuine.
var (
	ErrHeaders   = errors.New("roster: the request has no Webhook-Id, Webhook-Timestamp or Webhook-Signature; it does not come from a webhook of Roster")
	ErrTimestamp = errors.New("roster: the webhook's timestamp is too far from now; somebody may be repeating it, or one of the clocks is wrong")
	ErrSignature = errors.New("roster: no signature of the webhook fits; check that the secret is the one of this webhook")
)

// tolerance is how old a webhook may be, and how far ahead its sender's clock.
const tolerance = 5 * time.Minute

// Verifier tells whether webhooks are genuine.
type Verifier struct {
	keys [][]byte
	now  func() time.Time
}

// NewVerifier takes the webhook's secret ("whsec_…"), or several of which any
// may have signed: give both while a secret is being replaced.
func NewVerifier(secrets ...string) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, errors.New("roster: a Verifier needs the webhook's secret")
	}
	v := &Verifier{now: time.Now}
	for _, secret := range secrets {
		key, err := keyOf(secret)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

// keyOf decodes a secret. Errors do not show it.
func keyOf(secret string) ([]byte, error) {
	const prefix, least = "whsec_", 24 // bytes: what Standard Webhooks wants
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(secret), prefix))
	if err != nil || len(key) < least {
		return nil, fmt.Errorf("roster: the webhook's secret is not %q and base64 of at least %d bytes", prefix, least)
	}
	return key, nil
}

// Verify returns nil if the body was sent by who knows a secret, less than five
// minutes ago. The body must be exactly what arrived.
func (v *Verifier) Verify(header http.Header, body []byte) error {
	id, timestamp, signatures := header.Get(HeaderID), header.Get(HeaderTimestamp), header.Get(HeaderSignature)
	if id == "" || timestamp == "" || signatures == "" {
		return ErrHeaders
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w (%q is no Unix time)", ErrHeaders, timestamp)
	}
	if off := v.now().Sub(time.Unix(seconds, 0)); off > tolerance || off < -tolerance {
		return fmt.Errorf("%w (it is %v off)", ErrTimestamp, off.Round(time.Second))
	}
	genuine := false
	for _, key := range v.keys {
		want := sign(key, id, timestamp, body)
		for signature := range strings.FieldsSeq(signatures) {
			// Every one is compared, each in constant time.
			genuine = hmac.Equal([]byte(signature), want) || genuine
		}
	}
	if !genuine {
		return ErrSignature
	}
	return nil
}

// Event verifies a webhook and reads its event.
func (v *Verifier) Event(header http.Header, body []byte) (Event, error) {
	if err := v.Verify(header, body); err != nil {
		return Event{}, err
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("roster: the webhook is genuine, but is no event: %w", err)
	}
	return e, nil
}

// sign is "v1," and the signature of a message.
func sign(key []byte, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return base64.StdEncoding.AppendEncode([]byte("v1,"), mac.Sum(nil))
}

// Sign returns the headers with which a webhook would be sent, to test receivers
// with.
func Sign(secret, id string, at time.Time, body []byte) (http.Header, error) {
	key, err := keyOf(secret)
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	return http.Header{
		"Content-Type":  {"application/json"},
		HeaderID:        {id},
		HeaderTimestamp: {timestamp},
		HeaderSignature: {string(sign(key, id, timestamp, body))},
	}, nil
}
