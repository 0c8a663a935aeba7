package patch

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/schema"
)

// inOperation puts the place of an operation, counted from 1, in front of what a
// refusal tells the client.
func inOperation(index int, err error) error {
	var refusal *schema.Error
	if !errors.As(err, &refusal) {
		return fmt.Errorf("operation %d: %w", index+1, err)
	}
	placed := *refusal
	placed.Detail = fmt.Sprintf("operation %d: %s", index+1, refusal.Detail)
	return &placed
}

// maxEcho bounds how many bytes of a client's text a message repeats.
const maxEcho = 80

// show writes a client's value for a message: strings quoted, nothing too long.
func show(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return clip(v.String())
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a %T", value)
}

func quote(s string) string { return strconv.Quote(clip(s)) }

// clip shortens s without cutting a character in two.
func clip(s string) string {
	if len(s) <= maxEcho {
		return s
	}
	n := maxEcho
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
