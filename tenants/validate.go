package tenants

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName       = 64  // characters
	maxExternalID = 128 // characters
)

// cleanName trims a name and refuses what could not be shown in one line.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", &InvalidError{"name", fmt.Sprintf("give 1 to %d characters", maxName)}
	}
	return name, checkLine("name", name, maxName)
}

func cleanExternalID(id string) (string, error) {
	id = strings.TrimSpace(id)
	return id, checkLine("external_id", id, maxExternalID)
}

func checkLine(field, text string, limit int) error {
	if !utf8.ValidString(text) {
		return &InvalidError{field, "it is not valid UTF-8"}
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return &InvalidError{field, fmt.Sprintf("it has %d characters; at most %d are allowed", n, limit)}
	}
	if strings.ContainsFunc(text, unprintable) {
		return &InvalidError{field, "it has line breaks or other invisible characters; remove them"}
	}
	return nil
}

// unprintable finds control characters and those that format invisibly, such as
// a right-to-left override. Letters of every script, marks and spaces pass.
func unprintable(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
