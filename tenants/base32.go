package tenants

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// Crockford's alphabet in lower case: no i, l, o, u.
const (
	base32Alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	base32Length   = 26 // 130 bits for 128: the first digit is at most 7
)

var base32Values = func() (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i := range len(base32Alphabet) {
		values[base32Alphabet[i]] = int8(i)
	}
	return values
}()

func encodeBase32(u uuid.UUID) string {
	high, low := binary.BigEndian.Uint64(u[:8]), binary.BigEndian.Uint64(u[8:])
	var digits [base32Length]byte
	for i := base32Length - 1; i >= 0; i-- {
		digits[i] = base32Alphabet[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(digits[:])
}

// decodeBase32 accepts only what encodeBase32 writes. Crockford's look-alikes
// (upper case, O for 0, …) are refused: an id in a URL has one spelling.
func decodeBase32(text string) (u uuid.UUID, ok bool) {
	if len(text) != base32Length || base32Values[text[0]] > 7 {
		return uuid.Nil, false
	}
	var high, low uint64
	for i := range len(text) {
		digit := base32Values[text[i]]
		if digit < 0 {
			return uuid.Nil, false
		}
		high = high<<5 | low>>59
		low = low<<5 | uint64(digit)
	}
	binary.BigEndian.PutUint64(u[:8], high)
	binary.BigEndian.PutUint64(u[8:], low)
	return u, true
}
