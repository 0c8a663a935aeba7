package main

import (
	"encoding/json"
	"net/http"
)

const headerRequestID = "X-Request-Id"

// problem is the one place that writes an error outside SCIM (RFC 9457). The
// code is stable; the detail is for people.
func problem(w http.ResponseWriter, status int, code, detail string) {
	body, err := json.Marshal(struct {
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Code      string `json:"code"`
		Detail    string `json:"detail"`
		RequestID string `json:"request_id,omitempty"`
	}{http.StatusText(status), status, code, detail, w.Header().Get(headerRequestID)})
	if err != nil { // strings and a number always encode
		body = []byte(`{}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone if this fails; there is nobody to tell
}
