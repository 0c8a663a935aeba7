package portal

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// maskedAnswer masks an answer on its way out: a JSON answer as a whole, others
// line by line. Errors go out as they are: they say what is wrong with what the
// caller sent.
type maskedAnswer struct {
	gin.ResponseWriter
	masking *answerMasking
	way     answerWay
	held    bytes.Buffer // an answer, or a line, that is not whole yet
	failed  error
}

// answerWay is how an answer is masked.
type answerWay byte

const (
	undecided answerWay = iota
	asItIs
	asObject
	byLines
)

// decide looks at what the answer is.
func (w *maskedAnswer) decide() {
	if w.way != undecided {
		return
	}
	media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	switch {
	case w.Status() >= http.StatusMultipleChoices:
		w.way = asItIs
	case media == "application/json":
		w.way = asObject
	default:
		w.way = byLines
	}
}

// Write implements http.ResponseWriter.
func (w *maskedAnswer) Write(data []byte) (int, error) {
	if w.failed != nil {
		return 0, w.failed
	}
	w.decide()
	if w.way == asItIs {
		return w.ResponseWriter.Write(data)
	}
	w.held.Write(data)
	if w.way == byLines {
		if w.failed = w.lines(); w.failed != nil {
			return 0, w.failed
		}
	}
	return len(data), nil
}

// WriteString implements gin.ResponseWriter.
func (w *maskedAnswer) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Written implements gin.ResponseWriter.
func (w *maskedAnswer) Written() bool { return w.held.Len() > 0 || w.ResponseWriter.Written() }

// WriteHeaderNow implements gin.ResponseWriter: an object's may still be those of
// an error.
func (w *maskedAnswer) WriteHeaderNow() {
	if w.decide(); w.way != asObject {
		w.ResponseWriter.WriteHeaderNow()
	}
}

// Flush implements http.Flusher. What is not whole is held back.
func (w *maskedAnswer) Flush() {
	if w.decide(); w.way != asObject {
		w.ResponseWriter.Flush()
	}
}

// Unwrap is for http.ResponseController.
func (w *maskedAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// eventData begins those lines of server-sent events that are JSON.
const eventData = "data: "

// lines lets whole lines out.
func (w *maskedAnswer) lines() error {
	end := bytes.LastIndexByte(w.held.Bytes(), '\n')
	if end < 0 {
		return nil
	}
	var out []byte
	for line := range bytes.Lines(w.held.Next(end + 1)) {
		masked, err := w.line(line)
		if err != nil {
			return err
		}
		out = append(append(out, masked...), '\n')
	}
	_, err := w.ResponseWriter.Write(out)
	return err
}

func (w *maskedAnswer) line(line []byte) ([]byte, error) {
	line = bytes.TrimRight(line, "\n")
	data, isEvent := bytes.CutPrefix(line, []byte(eventData))
	switch {
	case isEvent:
		masked, err := w.masking.line.json(data, "")
		return append([]byte(eventData), masked...), err
	case len(line) > 0 && line[0] == '{':
		return w.masking.line.json(line, "")
	case len(line) == 0 || bytes.Contains(line, []byte(":")) && !bytes.Contains(line, []byte(`"`)):
		return line, nil // another field of an event
	}
	return nil, errNoJSON
}

// finish lets the rest out. An error means that nothing of it went out.
func (w *maskedAnswer) finish() error {
	switch {
	case w.failed != nil || w.held.Len() == 0:
		return w.failed
	case w.way == byLines:
		w.held.WriteByte('\n')
		return w.lines()
	}
	masked, err := w.masking.object.json(w.held.Bytes(), "")
	if err != nil {
		w.held.Reset()
		w.way = asItIs
		return err
	}
	w.Header().Del("Content-Length")
	_, err = w.ResponseWriter.Write(append(masked, '\n'))
	return err
}

// sendMasked carries the request out and masks what it is answered.
func (p *Portal) sendMasked(c *gin.Context, masking *answerMasking) {
	plain := c.Writer
	w := &maskedAnswer{ResponseWriter: plain, masking: masking}
	c.Writer = w
	c.Next()
	c.Writer = plain
	if err := w.finish(); err != nil {
		p.failed(c, err)
	}
}
