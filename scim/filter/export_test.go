package filter

// ParseUnbounded parses without limits: canonical text may be longer than what
// it was written as.
func ParseUnbounded(s string) (*Filter, error) {
	return parse(s, limits{length: 1 << 30, terms: 1 << 30, depth: 1 << 10})
}

// CompareDecimals compares two numbers; ok is false if one of them is none.
func CompareDecimals(a, b string) (order int, ok bool) {
	x, xok := parseDecimal(a)
	y, yok := parseDecimal(b)
	return x.compare(y), xok && yok
}
