package schema

import "unicode/utf8"

// AppendText appends a text as a JSON string.
func AppendText[T ~string | ~[]byte](b []byte, text T) []byte {
	return append(AppendEscaped(append(b, '"'), text), '"')
}

// AppendEscaped appends what stands between the quotation marks: only what JSON
// demands is escaped, and bytes that are no UTF-8 become U+FFFD.
func AppendEscaped[T ~string | ~[]byte](b []byte, text T) []byte {
	const hexDigits = "0123456789abcdef"
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			if c >= ' ' && c != '"' && c != '\\' {
				continue
			}
			b = append(b, text[start:i-1]...)
			start = i
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		if r == utf8.RuneError && size == 1 {
			b = append(b, text[start:i]...)
			b = append(b, "\uFFFD"...)
			start = i + 1
		}
		i += size
	}
	return append(b, text[start:]...)
}
