package privacy

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/roster-scim/roster/tenants"
)

// sensitive are the attributes whose values are masked.
var sensitive = []struct {
	name string
	mask mask
}{
	{"mail", personal}, {"email", personal}, {"emails", personal}, {"emailAddress", personal},
	{"phone", personal}, {"phones", personal}, {"phoneNumber", personal}, {"phoneNumbers", personal}, {"mobile", personal},
	{"address", personal}, {"addresses", personal},
	{"password", secret}, {"access_token", secret}, {"client_secret", secret},
}

// maskOf is what the values of an attribute are, named by a key or a path:
// emails, emails[type eq "work"].value, urn:…:User:emails, profile.email.
func maskOf(name string) mask {
	name, _, _ = strings.Cut(name, "[")
	name = name[strings.LastIndexByte(name, ':')+1:]
	m := open
	for more := true; more; {
		var part string
		part, name, more = strings.Cut(name, ".")
		part = strings.TrimSpace(part)
		for i := range sensitive {
			if s := &sensitive[i]; len(part) == len(s.name) && strings.EqualFold(part, s.name) {
				m = max(m, s.mask)
			}
		}
	}
	return m
}

// maskText masks a value.
func maskText(s string, m mask, secretsOnly bool) string {
	switch {
	case s == "":
		return s
	case m == secret:
		return ellipsis
	case secretsOnly || m == open:
	case m == label && isLabel(s):
		return s
	case isAddress(s):
		return maskTokens(maskEmails(s))
	default:
		return ellipsis
	}
	s = maskTokens(s)
	if secretsOnly {
		return s
	}
	return maskEmails(s)
}

// isLabel reports whether a text is a word that says nothing about anybody.
func isLabel(s string) bool {
	return len(s) <= 20 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// maskEmails leaves the beginning and the domain of every e-mail address in a
// text: j…@example.com.
func maskEmails(s string) string {
	at := strings.IndexByte(s, '@')
	if at < 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for at >= 0 {
		start := at
		for start > done && !endsAddress(s[start-1]) {
			start--
		}
		if start < at && at+1 < len(s) && !endsAddress(s[at+1]) {
			b.WriteString(s[done:start])
			b.WriteString(maskLocal(s[start:at]))
			done = at
		}
		following := strings.IndexByte(s[at+1:], '@')
		if following < 0 {
			break
		}
		at += 1 + following
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// isAddress reports whether a text is an e-mail address and nothing else.
func isAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" {
		return false
	}
	for i := range len(s) {
		if i != len(local) && endsAddress(s[i]) {
			return false
		}
	}
	return true
}

// endsAddress reports whether a character is in no e-mail address that anybody has.
func endsAddress(c byte) bool {
	return c <= ' ' || strings.IndexByte(`"<>()[]{},;:\|=/@`, c) >= 0
}

func maskLocal(local string) string {
	first, n := utf8.DecodeRuneInString(local)
	if len(local) == n || first == utf8.RuneError || string(first) == ellipsis {
		return ellipsis
	}
	return string(first) + ellipsis
}

// tokens are the secrets of Roster itself, whole or cut.
var tokens = regexp.MustCompile(`(` + string(tenants.TokenSecret) + `|` + string(tenants.KeySecret) + `|` + string(tenants.LinkSecret) + `)[0-9A-Za-z]{8,}`)

// maskTokens hides secrets that were put where they do not belong.
func maskTokens(s string) string {
	if !strings.Contains(s, "rstr") {
		return s
	}
	return tokens.ReplaceAllString(s, "$1"+ellipsis)
}

var (
	literals  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)
	ofLabel   = regexp.MustCompile(`(?i)(?:type|primary)\s+(?:eq|ne)\s*$`)
	mentions  = regexp.MustCompile(`(?i)mail|phone|mobile|address|password`)
	digitRuns = regexp.MustCompile(`[0-9][0-9 ()/.-]{3,}[0-9]`)
	fromWord  = regexp.MustCompile(`(?is)(?:password|client_secret|access_token).*`)
)

// maskFilter masks what a filter or path compares with.
func maskFilter(s string, secretsOnly bool) string {
	if secretsOnly {
		return maskText(fromWord.ReplaceAllString(s, ellipsis), open, true)
	}
	if !mentions.MatchString(s) {
		return maskText(s, open, false)
	}
	var b strings.Builder
	done := 0
	for _, place := range literals.FindAllStringIndex(s, -1) {
		b.WriteString(digitRuns.ReplaceAllString(s[done:place[0]], ellipsis))
		done = place[1]
		literal := s[place[0]:place[1]]
		if ofLabel.MatchString(s[:place[0]]) && isLabel(strings.Trim(literal, `"`)) {
			b.WriteString(literal)
			continue
		}
		b.WriteString(`"` + maskText(strings.Trim(literal, `"`), personal, false) + `"`)
	}
	b.WriteString(digitRuns.ReplaceAllString(s[done:], ellipsis))
	return maskText(b.String(), open, false)
}

// selections are paths with a filter in a text: phoneNumbers[value eq "…"].
var selections = regexp.MustCompile(`[\w:.]+\s*\[[^\]]*\]?`)

// maskDetail masks an explanation, which may repeat the path that was sent.
func maskDetail(s string, secretsOnly bool) string {
	s = selections.ReplaceAllStringFunc(s, func(path string) string { return maskFilter(path, secretsOnly) })
	return maskText(s, open, secretsOnly)
}

// maskLoose masks a text of which nothing is known.
func maskLoose(s string, secretsOnly bool) string {
	s = maskTokens(fromWord.ReplaceAllString(s, ellipsis))
	if secretsOnly {
		return s
	}
	return digitRuns.ReplaceAllString(maskEmails(s), ellipsis)
}

// maxPath is how much of a path with its query is kept, in bytes.
const maxPath = 2 << 10

// maskPath is a path and query as people read them, without what must not be
// seen.
func maskPath(path, query string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		if text, err := url.PathUnescape(part); err == nil {
			part = text
		}
		b.WriteString("/" + maskText(part, open, false))
	}
	separator := "?"
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, value, has := strings.Cut(pair, "=")
		key = unescaped(key)
		b.WriteString(separator + maskText(key, open, false))
		separator = "&"
		if has {
			b.WriteString("=" + maskParameter(key, unescaped(value)))
		}
		if b.Len() > maxPath {
			break
		}
	}
	return Clean(Clip(b.String(), maxPath))
}

func maskParameter(key, value string) string {
	if strings.EqualFold(key, "filter") {
		return maskFilter(value, false)
	}
	return maskText(value, maskOf(key), false)
}

func unescaped(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}
