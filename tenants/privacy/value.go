package privacy

import (
	"strings"
	"unicode/utf8"
)

// Value masks a value that may be personal: j…@acme.com of an e-mail address, the
// first character of anything else. Ids in the form of UUIDs stay.
func Value(s string) string {
	switch {
	case s == "" || IsUUID(s):
		return s
	case isAddress(s):
		return maskTokens(maskEmails(s))
	}
	return initial(strings.TrimSpace(s))
}

// Name masks a name: J… D… of Jane Doe.
func Name(s string) string {
	const most = 4 // of its words
	words := strings.Fields(s)
	if len(words) < 2 || isAddress(s) {
		return Value(s)
	}
	for i, word := range words[:min(len(words), most)] {
		words[i] = initial(word)
	}
	return strings.Join(words[:min(len(words), most)], " ")
}

// Label masks a type such as "work" unless it is a common one.
func Label(s string) string { return sort.strictly(s) }

// initial is the first character.
func initial(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == len(s) || first == utf8.RuneError || string(first) == Ellipsis {
		return Ellipsis
	}
	return string(first) + Ellipsis
}

// IsUUID says whether a text is a UUID in its usual form, in letters of any case.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
