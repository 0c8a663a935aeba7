package login

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName    = 64  // characters
	maxNote    = 500 // characters
	maxEmail   = 254 // RFC 5321 section 4.5.3.1, by way of the path
	maxURL     = 2048
	maxRoles   = 32
	maxSubject = 255
)

// required trims a text and refuses none at all and what cannot be shown in one
// line.
func required(field, text string, limit int) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", invalid(field, fmt.Sprintf("give 1 to %d characters", limit))
	}
	return optional(field, text, limit)
}

// optional is required for what may be left out.
func optional(field, text string, limit int) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text):
		return "", invalid(field, "it is not valid UTF-8")
	case utf8.RuneCountInString(text) > limit:
		return "", invalid(field, fmt.Sprintf("it has more than %d characters", limit))
	case strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }):
		return "", invalid(field, "it has line breaks or other invisible characters; remove them")
	}
	return text, nil
}

// cleanEmail reads one bare address, "" for none.
func cleanEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || len(text) > maxEmail {
		return "", invalid("email", "it is not an e-mail address; give one such as it@example.com")
	}
	return text, nil
}

// sameEmail compares addresses as people type them.
func sameEmail(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// cleanReturnURL accepts a page of the vendor's app, "" for none: over TLS, or on
// this machine while somebody develops.
func cleanReturnURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return text, checkURL("return_url", text, "https://app.example.com/settings")
}

func checkURL(field, text, example string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || len(text) > maxURL || u.User != nil:
		return invalid(field, "it is not a web address; give one such as "+example)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return invalid(field, "give an https:// address; http:// is for this machine alone")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
