package webhooks

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	// maxSecrets is how many sign at a time: the one in use and the one before.
	maxSecrets = 2
)

// Secret signs messages. Whoever knows it can make some up.
type Secret struct {
	ID        string    `json:"id"` // "1", "2", …
	Key       []byte    `json:"key"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: it does not
}

// Text is the secret as receivers enter it.
func (s *Secret) Text() string { return secretPrefix + base64.StdEncoding.EncodeToString(s.Key) }

// Live reports whether the secret signs at a time.
func (s *Secret) Live(at time.Time) bool { return s.ExpiresAt.IsZero() || at.Before(s.ExpiresAt) }

// live returns the secrets that sign at a time.
func live(all []Secret, at time.Time) []Secret {
	return slices.DeleteFunc(slices.Clone(all), func(s Secret) bool { return !s.Live(at) })
}

// newSecret makes one behind others.
func newSecret(others []Secret, at time.Time) Secret {
	last := 0
	for _, s := range others {
		if n, err := strconv.Atoi(s.ID); err == nil {
			last = max(last, n)
		}
	}
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand aborts the program instead
	return Secret{ID: strconv.Itoa(last + 1), Key: key, CreatedAt: at}
}

// vault encrypts secrets where they are stored, for the webhook that they belong
// to alone.
type vault struct{ aead cipher.AEAD }

// newVault derives a key from the installation's.
func newVault(key []byte) (vault, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "roster webhook secrets", 32)
	if err != nil {
		return vault{}, fmt.Errorf("derive a key for webhooks: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return vault{}, fmt.Errorf("make a cipher for webhooks: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return vault{}, fmt.Errorf("make a cipher for webhooks: %w", err)
	}
	return vault{aead}, nil
}

// seal puts the webhook's secrets into the form that is stored.
func (v vault) seal(w *Webhook) error {
	plain, err := json.Marshal(w.Secrets)
	if err != nil {
		return fmt.Errorf("encrypt the secrets of webhook %s: %w", w.ID, err)
	}
	w.Sealed = v.aead.Seal(nil, nil, plain, []byte(w.ID.String())) //nolint:gosec // G407: this AEAD makes a random nonce itself
	return nil
}

// open reads what seal has stored.
func (v vault) open(w *Webhook) error {
	plain, err := v.aead.Open(nil, nil, w.Sealed, []byte(w.ID.String()))
	if err == nil {
		err = json.Unmarshal(plain, &w.Secrets)
	}
	if err != nil {
		return fmt.Errorf("decrypt the secrets of webhook %s; is the master key another one? %w", w.ID, err)
	}
	return nil
}
