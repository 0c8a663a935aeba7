package portal

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants/login"
)

// repeater is a server behind the idempotency of the API. Its handler counts, and
// a test says what it answers.
type repeater struct {
	t      *testing.T
	engine *gin.Engine
	calls  atomic.Int64
	handle func(c *gin.Context, call int64)
}

func newRepeater(t *testing.T, handle func(c *gin.Context, call int64)) *repeater {
	t.Helper()
	answers, err := login.NewAnswers(storage.NewLogins(openTestDB(t)), testKey)
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	p := &Portal{answers: answers, logger: testLogger(log)}
	r := &repeater{t: t, engine: gin.New(), handle: handle}
	r.engine.Use(func(c *gin.Context) {
		defer func() {
			if recover() != nil {
				c.AbortWithStatus(http.StatusInternalServerError)
			}
		}()
		ctx := context.WithValue(c.Request.Context(), principalKey{}, authz.Principal{ID: c.GetHeader("X-Actor")})
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}, p.idempotent)
	r.engine.Any("/*path", func(c *gin.Context) { r.handle(c, r.calls.Add(1)) })
	return r
}

func (r *repeater) send(method, path, key, body string, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	request := httptest.NewRequestWithContext(r.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("X-Actor", "key01")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.engine.ServeHTTP(w, request)
	return w
}

// created answers with what it was sent and which call it was.
func created(c *gin.Context, call int64) {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Header("Location", "/things/1")
	c.JSON(http.StatusCreated, gin.H{"call": call, "body": string(body)})
}

func TestTheSameRequestHasTheSameAnswer(t *testing.T) {
	t.Parallel()
	r := newRepeater(t, created)
	first := r.send("POST", "/things?x=1", "k1", `{"name":"a"}`)
	second := r.send("POST", "/things?x=1", "k1", `{"name":"a"}`)
	if first.Code != http.StatusCreated || !strings.Contains(first.Body.String(), `{\"name\":\"a\"}`) || first.Header().Get("Idempotent-Replayed") != "" {
		t.Errorf("first: %d %s", first.Code, first.Body)
	}
	if second.Code != first.Code || second.Body.String() != first.Body.String() || second.Header().Get("Idempotent-Replayed") != "true" ||
		second.Header().Get("Location") != "/things/1" || second.Header().Get("Content-Type") != first.Header().Get("Content-Type") {
		t.Errorf("second: %d %s %v", second.Code, second.Body, second.Header())
	}
	if n := r.calls.Load(); n != 1 {
		t.Errorf("it was carried out %d times", n)
	}
}

func TestWhatIsAnotherRequest(t *testing.T) {
	t.Parallel()
	r := newRepeater(t, created)
	r.send("POST", "/things", "k1", `{}`)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"another body":  r.send("POST", "/things", "k1", `{} `),
		"another path":  r.send("POST", "/thing", "k1", `{}`),
		"another query": r.send("POST", "/things?x=1", "k1", `{}`),
	} {
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "idempotency_mismatch") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if n := r.calls.Load(); n != 1 {
		t.Errorf("it was carried out %d times", n)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no key":        r.send("POST", "/things", "", `{}`),
		"another key":   r.send("POST", "/things", "k2", `{}`),
		"another actor": r.send("POST", "/things", "k1", `{}`, "X-Actor", "key02"),
		"no actor":      r.send("POST", "/things", "k1", `{}`, "X-Actor", ""),
		"a PUT":         r.send("PUT", "/things", "k1", `{}`),
	} {
		if w.Code != http.StatusCreated || w.Header().Get("Idempotent-Replayed") != "" {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for _, key := range []string{strings.Repeat("k", 256), "a b", "ü", "a\tb"} {
		if w := r.send("POST", "/things", key, `{}`); w.Code != http.StatusBadRequest {
			t.Errorf("key %q: %d", key, w.Code)
		}
	}
	if w := r.send("POST", "/things", strings.Repeat("k", 255), `{}`); w.Code != http.StatusCreated {
		t.Errorf("the longest key: %d", w.Code)
	}
}

func TestWhileTheFirstIsUnderWay(t *testing.T) {
	t.Parallel()
	begun, end := make(chan struct{}), make(chan struct{})
	r := newRepeater(t, func(c *gin.Context, call int64) {
		close(begun)
		<-end
		created(c, call)
	})
	var first *httptest.ResponseRecorder
	var wg sync.WaitGroup
	wg.Go(func() { first = r.send("POST", "/things", "k1", `{}`) })
	<-begun
	second := r.send("POST", "/things", "k1", `{}`)
	if second.Code != http.StatusConflict || !strings.Contains(second.Body.String(), "idempotency_in_progress") || second.Header().Get("Retry-After") != "1" {
		t.Errorf("meanwhile: %d %s", second.Code, second.Body)
	}
	close(end)
	wg.Wait()
	if third := r.send("POST", "/things", "k1", `{}`); third.Code != http.StatusCreated || third.Body.String() != first.Body.String() {
		t.Errorf("afterwards: %d %s", third.Code, third.Body)
	}
}

func TestOneOfManyIsCarriedOut(t *testing.T) {
	t.Parallel()
	r := newRepeater(t, created)
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for range 50 {
		wg.Go(func() {
			w := r.send("POST", "/things", "k1", `{}`)
			mu.Lock()
			defer mu.Unlock()
			codes[w.Code]++
		})
	}
	wg.Wait()
	if r.calls.Load() != 1 || codes[http.StatusCreated] < 1 || codes[http.StatusCreated]+codes[http.StatusConflict] != 50 {
		t.Errorf("%d calls, answers %v", r.calls.Load(), codes)
	}
}

func TestAnswersThatAreNotKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handle func(c *gin.Context)
		status int
		kept   bool
	}{
		"a failure":        {func(c *gin.Context) { c.String(http.StatusInternalServerError, "x") }, 500, false},
		"away":             {func(c *gin.Context) { c.String(http.StatusServiceUnavailable, "x") }, 503, false},
		"a panic":          {func(*gin.Context) { panic("x") }, 500, false},
		"not allowed":      {func(c *gin.Context) { c.String(http.StatusForbidden, "x") }, 403, false},
		"too many":         {func(c *gin.Context) { c.String(http.StatusTooManyRequests, "x") }, 429, false},
		"a mistake":        {func(c *gin.Context) { c.String(http.StatusBadRequest, "x") }, 400, true},
		"taken":            {func(c *gin.Context) { c.String(http.StatusConflict, "x") }, 409, true},
		"no body":          {func(c *gin.Context) { c.Status(http.StatusNoContent) }, 204, true},
		"as large as kept": {func(c *gin.Context) { c.String(http.StatusCreated, strings.Repeat("x", login.MaxAnswer)) }, 201, true},
		"too large":        {func(c *gin.Context) { c.String(http.StatusCreated, strings.Repeat("x", login.MaxAnswer+1)) }, 201, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepeater(t, func(g *gin.Context, _ int64) { c.handle(g) })
			first, second := r.send("POST", "/x", "k", ""), r.send("POST", "/x", "k", "")
			if first.Code != c.status || second.Code != c.status || first.Body.String() != second.Body.String() {
				t.Errorf("%d %d bytes, then %d %d bytes", first.Code, first.Body.Len(), second.Code, second.Body.Len())
			}
			if kept := r.calls.Load() == 1; kept != c.kept || kept != (second.Header().Get("Idempotent-Replayed") == "true") {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}
