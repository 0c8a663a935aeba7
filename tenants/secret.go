package tenants

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"math/big"
	"strings"
)

// SecretKind is what a secret opens: its beginning, seven letters.
type SecretKind string

// The kinds of secrets. One that is given where another is meant is refused
// before anything is looked up.
const (
	TokenSecret SecretKind = "rstrtok" // a connection's bearer token
	KeySecret   SecretKind = "rstrkey" // an API key
	LinkSecret  SecretKind = "rstrlnk" // the code of a portal link
)

// A secret is its kind, 43 base62 digits that carry 256 random bits, and the
// CRC32 of all that in 6 base62 digits. The fixed beginning, length and alphabet
// let secret scanners find leaked ones, and the checksum lets both them and
// Roster tell a secret from noise without asking a database. No punctuation: a
// double click selects all of it.
const (
	kindLength     = len(TokenSecret)
	secretBits     = 256
	secretDigits   = 43 // 62^43 > 2^256
	checksumDigits = 6  // 62^6 > 2^32
	secretLength   = kindLength + secretDigits + checksumDigits

	shownPrefix = kindLength + 4
	shownEnd    = 4

	base62Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// SecretHash is the SHA-256 of a secret. The secret has 256 random bits, so a
// plain hash is as good as a slow one.
type SecretHash [sha256.Size]byte

// Secret is a secret in the clear. It formats as a mask, so that it does
// not end up in a log by accident; Reveal gives the text.
type Secret struct{ text string }

// NewSecret returns a fresh secret.
func NewSecret(kind SecretKind) Secret {
	var random [secretBits / 8]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand aborts the program instead
	body := string(kind) + base62(new(big.Int).SetBytes(random[:]), secretDigits)
	return Secret{body + checksum(body)}
}

// ParseSecret reports whether the text has the form of a secret of the kind. It
// says nothing about whether there is such a secret.
func ParseSecret(kind SecretKind, text string) (Secret, bool) {
	if len(text) != secretLength || !strings.HasPrefix(text, string(kind)) {
		return Secret{}, false
	}
	body := text[:secretLength-checksumDigits]
	if strings.Trim(body, base62Alphabet) != "" || !hasChecksum(text[len(body):], body) {
		return Secret{}, false
	}
	return Secret{text}, true
}

func newSecret() Secret { return NewSecret(TokenSecret) }

func parseSecret(text string) (Secret, bool) { return ParseSecret(TokenSecret, text) }

// Reveal returns the secret in the clear, for showing it once.
func (s Secret) Reveal() string { return s.text }

// Hash returns what is stored of the secret.
func (s Secret) Hash() SecretHash {
	var text [secretLength]byte // on the stack, where a conversion would not be
	if n := copy(text[:], s.text); n == len(s.text) {
		return sha256.Sum256(text[:n])
	}
	return sha256.Sum256([]byte(s.text))
}

// Prefix returns the beginning that may be shown.
func (s Secret) Prefix() string { return s.text[:shownPrefix] }

// LastFour returns the end that may be shown.
func (s Secret) LastFour() string { return s.text[len(s.text)-shownEnd:] }

// String masks the secret.
func (s Secret) String() string { return "[secret]" }

// GoString masks the secret.
func (s Secret) GoString() string { return s.String() }

func checksum(body string) string {
	digits := checksumOf(body)
	return string(digits[:])
}

func hasChecksum(given, body string) bool {
	digits := checksumOf(body)
	return given == string(digits[:])
}

// checksumOf runs for every request that brings a secret, so it does without
// big.Int and without allocating.
func checksumOf(body string) (digits [checksumDigits]byte) {
	sum := ^uint32(0)
	for i := range len(body) {
		sum = crc32.IEEETable[byte(sum)^body[i]] ^ sum>>8
	}
	sum = ^sum
	for i := checksumDigits - 1; i >= 0; i-- {
		digits[i] = base62Alphabet[sum%62]
		sum /= 62
	}
	return digits
}

// base62 writes n, which it uses up, in exactly the given number of digits.
func base62(n *big.Int, digits int) string {
	text := make([]byte, digits)
	base, digit := big.NewInt(int64(len(base62Alphabet))), new(big.Int)
	for i := digits - 1; i >= 0; i-- {
		n.DivMod(n, base, digit)
		text[i] = base62Alphabet[digit.Int64()]
	}
	return string(text)
}
