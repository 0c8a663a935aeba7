package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// maxHeaders bounds the header lines, and the trailers, of one answer.
const maxHeaders = 256

var errMalformed = errors.New("not HTTP/1.1")

// framing is how an answer's body is delimited, and what else its header says
// that matters.
type framing struct {
	length  int64 // -1: not stated
	chunked bool
	close   bool

	retryAfter time.Duration // 0: not stated, or as a date
}

// readAnswer reads one answer, passing over interim ones (100 Continue, 103 Early
// Hints). f.close says whether the connection has to be closed.
func readAnswer(r *bufio.Reader, body *sink) (status int, f framing, err error) {
	for {
		if status, f, err = readHead(r); err != nil {
			return 0, f, err
		}
		if status >= 100 && status < 200 {
			continue
		}
		switch {
		case status == 204 || status == 304:
		case f.chunked:
			err = readChunks(r, body)
		case f.length >= 0:
			err = readBytes(r, body, f.length)
		default:
			f.close = true
			err = readRest(r, body)
		}
		return status, f, err
	}
}

func readHead(r *bufio.Reader) (int, framing, error) {
	f := framing{length: -1}
	line, err := readLine(r)
	if err != nil {
		return 0, f, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.")) || line[8] != ' ' {
		return 0, f, errMalformed
	}
	f.close = line[7] == '0'
	status := 0
	for _, digit := range line[9:12] {
		if digit < '0' || digit > '9' {
			return 0, f, errMalformed
		}
		status = 10*status + int(digit-'0')
	}
	for range maxHeaders {
		line, err := readLine(r)
		if err != nil {
			return 0, f, err
		}
		if len(line) == 0 {
			return status, f, nil
		}
		if err := f.header(line); err != nil {
			return 0, f, err
		}
	}
	return 0, f, fmt.Errorf("%w: too many header lines", errMalformed)
}

// header notes what a header line says about the body.
func (f *framing) header(line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 {
		return errMalformed
	}
	name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
	switch {
	case is(name, "content-length"):
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("%w: Content-Length %q", errMalformed, value)
		}
		f.length = n
	case is(name, "transfer-encoding"):
		if !is(value, "chunked") {
			return fmt.Errorf("%w: Transfer-Encoding %q", errMalformed, value)
		}
		f.chunked = true
	case is(name, "retry-after"):
		if n, err := strconv.ParseUint(string(value), 10, 16); err == nil {
			f.retryAfter = time.Duration(n) * time.Second
		}
	case is(name, "connection"):
		f.close = f.close && !is(value, "keep-alive") || is(value, "close")
	}
	return nil
}

func is(text []byte, word string) bool {
	return len(text) == len(word) && bytes.EqualFold(text, []byte(word))
}

// readLine returns the next line without its end. It holds until the next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return nil, cut(err)
	}
	line = line[:len(line)-1]
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

func readChunks(r *bufio.Reader, body *sink) error {
	for {
		line, err := readLine(r)
		if err != nil {
			return err
		}
		size, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseInt(string(bytes.TrimSpace(size)), 16, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("%w: chunk of size %q", errMalformed, size)
		}
		if n == 0 {
			return readTrailers(r)
		}
		if err := readBytes(r, body, n); err != nil {
			return err
		}
		if line, err = readLine(r); err != nil {
			return err
		}
		if len(line) != 0 {
			return fmt.Errorf("%w: a chunk is longer than it says", errMalformed)
		}
	}
}

func readTrailers(r *bufio.Reader) error {
	for range maxHeaders {
		line, err := readLine(r)
		if err != nil || len(line) == 0 {
			return err
		}
	}
	return fmt.Errorf("%w: too many trailers", errMalformed)
}

// readBytes passes n bytes on out of the reader's own buffer.
func readBytes(r *bufio.Reader, body *sink, n int64) error {
	for n > 0 {
		part, err := available(r)
		if err != nil {
			return cut(err)
		}
		part = part[:min(int64(len(part)), n)]
		body.write(part)
		n -= int64(len(part))
		_, _ = r.Discard(len(part)) // they are buffered
	}
	return nil
}

// readRest passes on what comes until the server closes the connection.
func readRest(r *bufio.Reader, body *sink) error {
	for {
		part, err := available(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body.write(part)
		_, _ = r.Discard(len(part)) // as above
	}
}

// available returns what is buffered, after waiting for at least a byte.
func available(r *bufio.Reader) ([]byte, error) {
	if r.Buffered() == 0 {
		if _, err := r.Peek(1); err != nil {
			return nil, err
		}
	}
	return r.Peek(r.Buffered())
}

// cut says of an end where more was due that it was none.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
