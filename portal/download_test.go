package portal

import (
	"errors"
	"io"
	"net/http/httptest"
	"testing"
	"time"
)

// slowClient is a client for whom the server's time to write must be extended.
type slowClient struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
	allowed   int // writes
}

func (c *slowClient) SetWriteDeadline(at time.Time) error {
	c.deadlines = append(c.deadlines, at)
	c.allowed++
	return nil
}

func (c *slowClient) Write(data []byte) (int, error) {
	if c.allowed--; c.allowed < 0 {
		return 0, errors.New("the time is over")
	}
	return c.ResponseRecorder.Write(data)
}

// Each piece of a download has its own time; one that fails breaks off, and what
// makes the lines is told that nobody reads them.
func TestDownload(t *testing.T) {
	t.Parallel()
	reader, writer := io.Pipe()
	go func() {
		for range 3 {
			if _, err := io.WriteString(writer, "{}\n"); err != nil {
				t.Error(err)
			}
		}
		writer.Close()
	}()
	client := &slowClient{ResponseRecorder: httptest.NewRecorder()}
	if err := (download{lines: reader}).VisitExportRequestsResponse(client); err != nil {
		t.Fatal(err)
	}
	if got := client.Body.String(); got != "{}\n{}\n{}\n" || client.Header().Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%q, %v", got, client.Header())
	}
	if len(client.deadlines) != 3 || !client.deadlines[0].After(time.Now()) {
		t.Errorf("the time was extended at %v", client.deadlines)
	}

	broken := errors.New("the database is away")
	reader, writer = io.Pipe()
	go writer.CloseWithError(broken)
	if err := (download{lines: reader}).VisitExportAuditResponse(&slowClient{ResponseRecorder: httptest.NewRecorder()}); !errors.Is(err, broken) {
		t.Errorf("a download that fails: %v", err)
	}
	if _, err := io.WriteString(writer, "{}\n"); err == nil {
		t.Error("lines that nobody reads are still taken")
	}
}
