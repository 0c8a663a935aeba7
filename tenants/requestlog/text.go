package requestlog

import "encoding/json"

// maxBody is how much of a body is kept, in bytes.
const maxBody = 16 << 10

// decode reads a JSON string.
func decode(quoted string) (string, bool) {
	var s string
	err := json.Unmarshal([]byte(quoted), &s)
	return s, err == nil
}
