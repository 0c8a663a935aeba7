package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCall(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		switch got := fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("Authorization"), " ", r.Header.Get("Content-Type"), " ", string(body)); got {
		case `POST /api/v1/tenants?a=b Bearer key application/json {"name":"Acme"}`:
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id":"ten1"}`)
		case "DELETE /api/v1/tenants/ten1 Bearer key  ":
			w.WriteHeader(http.StatusNoContent)
		case "GET /half Bearer key  ":
			_, _ = io.WriteString(w, `{"id":`)
		case "GET /large Bearer key  ":
			_, _ = io.WriteString(w, strings.Repeat(" ", answerBytes+1))
		default:
			refuse(w, 404, "not_found: "+got)
		}
		return true
	}
	c := f.client()
	c.URL += "/" // as people write it
	var made struct{ ID string }
	if err := c.Call(t.Context(), "POST", "/api/v1/tenants", url.Values{"a": {"b"}}, map[string]string{"name": "Acme"}, &made); err != nil || made.ID != "ten1" {
		t.Errorf("POST: %v %+v", err, made)
	}
	if err := c.Call(t.Context(), "DELETE", "/api/v1/tenants/ten1", nil, nil, &made); err != nil {
		t.Errorf("DELETE: %v", err)
	}
	for path, want := range map[string]string{"/none": "roster answered 404", "/half": "read the answer", "/large": "more than 67108864 bytes"} {
		if err := c.Call(t.Context(), "GET", path, nil, nil, &made); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if err := c.Call(t.Context(), "POST", "/none", nil, make(chan int), nil); err == nil {
		t.Error("a channel was sent")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Call(stopped, "GET", "/none", nil, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// A file's place is the old one or the new one, and leaves nothing beside it.
func TestFileCursor(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	c := FileCursor(filepath.Join(folder, "cursor"))
	for _, place := range []string{"", "7", "a.longer-place", "8"} {
		if place != "" {
			if err := c.Save(t.Context(), place); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := c.Load(t.Context()); err != nil || got != place {
			t.Errorf("loaded %q %v, want %q", got, err, place)
		}
	}
	nowhere := FileCursor(filepath.Join(folder, "none", "cursor"))
	if err := nowhere.Save(t.Context(), "1"); err == nil || !strings.Contains(err.Error(), "save the cursor") {
		t.Errorf("saved in no folder: %v", err)
	}
	blocked := FileCursor(filepath.Join(folder, "blocked"))
	if err := os.MkdirAll(filepath.Join(string(blocked), "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := blocked.Save(t.Context(), "1"); err == nil {
		t.Error("saved over a folder")
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Errorf("left %v %v", files, err)
	}
}
