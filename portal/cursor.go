package portal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

// sealer encrypts what a client keeps for the server: cursors, the state of a
// sign-in. Whoever has it can neither read nor change it, and what was made for
// one purpose does not open for another.
type sealer struct{ aead cipher.AEAD }

// newSealer derives a key for one purpose from the installation's.
func newSealer(key []byte, purpose string) (sealer, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "roster portal "+purpose, 32)
	if err != nil {
		return sealer{}, fmt.Errorf("derive a key for %s: %w", purpose, err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return sealer{}, fmt.Errorf("make a cipher for %s: %w", purpose, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("make a cipher for %s: %w", purpose, err)
	}
	return sealer{aead}, nil
}

func (s sealer) seal(plain []byte, kind string) []byte {
	return s.aead.Seal(nil, nil, plain, []byte(kind)) //nolint:gosec // G407: this AEAD makes a random nonce itself
}

func (s sealer) open(sealed []byte, kind string) ([]byte, error) {
	return s.aead.Open(nil, nil, sealed, []byte(kind))
}

// cursors turns places in lists into text for clients and back.
type cursors struct{ sealer }

// seal returns the cursor of a place in a list of some kind. The place is data
// that encodes to JSON; nil is the end of the list, "".
func (c cursors) seal(kind string, place any) (string, error) {
	if place == nil {
		return "", nil
	}
	plain, err := json.Marshal(place)
	if err != nil {
		return "", fmt.Errorf("seal cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(c.sealer.seal(plain, kind)), nil
}

// maxCursor bounds what a client may send, in characters.
const maxCursor = 2048

// open reads a cursor that seal made for a list of the same kind; "" leaves
// place as it is, which is the beginning.
func (c cursors) open(kind, text string, place any) error {
	if text == "" {
		return nil
	}
	invalid := &Problem{Status: http.StatusBadRequest, Code: "invalid", Field: "cursor",
		Detail: "This is not a cursor of this list. Send the next_cursor of an earlier answer, or none to begin anew."}
	if len(text) > maxCursor {
		return invalid
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return invalid
	}
	plain, err := c.sealer.open(sealed, kind)
	if err != nil || json.Unmarshal(plain, place) != nil {
		return invalid
	}
	return nil
}

// randomText is text that nobody guesses, of 256 bits.
func randomText() string {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(random[:])
}
