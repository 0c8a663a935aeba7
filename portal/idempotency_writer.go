package portal

import (
	"bytes"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/tenants/login"
)

// heldAnswer holds an answer back until it is kept. One that is too large to be
// kept goes out as it comes.
type heldAnswer struct {
	gin.ResponseWriter
	status int
	body   bytes.Buffer
	open   bool // it goes out
}

// WriteHeader implements http.ResponseWriter.
func (h *heldAnswer) WriteHeader(status int) {
	if h.open {
		h.ResponseWriter.WriteHeader(status)
		return
	}
	if status > 0 && h.body.Len() == 0 {
		h.status = status
	}
}

// WriteHeaderNow implements gin.ResponseWriter.
func (h *heldAnswer) WriteHeaderNow() {
	if h.open {
		h.ResponseWriter.WriteHeaderNow()
	}
}

// Write implements http.ResponseWriter.
func (h *heldAnswer) Write(data []byte) (int, error) {
	if !h.open && h.body.Len()+len(data) > login.MaxAnswer {
		h.release()
	}
	if h.open {
		return h.ResponseWriter.Write(data)
	}
	return h.body.Write(data)
}

// WriteString implements gin.ResponseWriter.
func (h *heldAnswer) WriteString(text string) (int, error) { return h.Write([]byte(text)) }

// Flush implements http.Flusher: what is held back stays so.
func (h *heldAnswer) Flush() {
	if h.open {
		h.ResponseWriter.Flush()
	}
}

// Status implements gin.ResponseWriter.
func (h *heldAnswer) Status() int {
	if h.open {
		return h.ResponseWriter.Status()
	}
	if h.status == 0 {
		return http.StatusOK
	}
	return h.status
}

// Size implements gin.ResponseWriter.
func (h *heldAnswer) Size() int {
	if h.open {
		return h.ResponseWriter.Size()
	}
	return h.body.Len()
}

// Written implements gin.ResponseWriter: whether anything went out.
func (h *heldAnswer) Written() bool { return h.open && h.ResponseWriter.Written() }

// Unwrap is for http.ResponseController.
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// answer is what is held, nil if it went out already.
func (h *heldAnswer) answer() *login.Answer {
	if h.open {
		return nil
	}
	a := &login.Answer{Status: h.Status(), Body: h.body.Bytes()}
	for _, name := range keptHeaders {
		if value := h.Header().Get(name); value != "" {
			a.Header = append(a.Header, [2]string{name, value})
		}
	}
	return a
}

// release lets out what was held back and all that follows.
func (h *heldAnswer) release() {
	if h.open {
		return
	}
	status := h.Status()
	h.open = true
	h.ResponseWriter.WriteHeader(status)
	h.ResponseWriter.WriteHeaderNow()
	_, _ = h.ResponseWriter.Write(h.body.Bytes()) // the client is gone if this fails; the answer is kept
}
