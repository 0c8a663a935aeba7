package filter

import (
	"cmp"
	"strconv"
	"strings"
)

// isNumber tells whether s is a number by JSON's grammar (RFC 8259 section 6).
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	mantissa, exponent, scientific := cutExponent(s)
	if scientific && !isDigits(trimSign(exponent)) {
		return false
	}
	whole, fraction, fractional := strings.Cut(mantissa, ".")
	if fractional && !isDigits(fraction) {
		return false
	}
	return isDigits(whole) && (len(whole) == 1 || whole[0] != '0')
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func trimSign(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

func cutExponent(s string) (mantissa, exponent string, found bool) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// decimal is the number 0.digits × 10^exponent, exactly. The digits begin and
// end with one that is not 0; zero has none.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// maxExponent keeps sums of exponents far from overflow.
const maxExponent = 1 << 30

func parseDecimal(s string) (decimal, bool) {
	if !isNumber(s) {
		return decimal{}, false
	}
	var d decimal
	s, d.negative = strings.CutPrefix(s, "-")
	mantissa, exponent, _ := cutExponent(s)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := whole + fraction
	d.digits = strings.TrimLeft(all, "0")
	d.exponent = len(whole) - (len(all) - len(d.digits)) + parseExponent(exponent)
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func parseExponent(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil && s[0] == '-' {
		return -maxExponent
	} else if err != nil {
		return maxExponent
	}
	return max(-maxExponent, min(n, maxExponent))
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimal) compare(e decimal) int {
	if c := cmp.Compare(d.sign(), e.sign()); c != 0 || d.digits == "" {
		return c
	}
	return d.sign() * cmp.Or(cmp.Compare(d.exponent, e.exponent), cmp.Compare(d.digits, e.digits))
}
