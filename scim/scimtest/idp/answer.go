package idp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// mediaType is what every SCIM answer with a body must be labelled as (RFC 7644
// section 3.1). Entra takes nothing else.
const mediaType = "application/scim+json"

// maxAnswer bounds what is read of one answer: a page of groups with many members
// is large.
const maxAnswer = 128 << 20

// document is a decoded JSON object; numbers are json.Number.
type document = map[string]any

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   document // nil when there is none
	fault  error    // why the body could not be read as SCIM
}

func readAnswer(response *http.Response) (*answer, error) {
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	a := &answer{status: response.StatusCode, header: response.Header}
	switch {
	case len(raw) > maxAnswer:
		a.fault = fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	case len(raw) > 0:
		a.body, a.fault = decode(raw, response.Header.Get("Content-Type"))
	}
	return a, nil
}

func decode(raw []byte, contentType string) (document, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	if err != nil || kind != mediaType || (charset != "" && charset != "utf-8" && charset != "UTF-8") {
		err = fmt.Errorf("Content-Type is %q, not %s", contentType, mediaType)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var body document
	if decoding := decoder.Decode(&body); decoding != nil {
		return nil, errors.Join(err, fmt.Errorf("the body is not a JSON object: %w", decoding))
	}
	if _, trailing := decoder.Token(); !errors.Is(trailing, io.EOF) {
		return nil, errors.Join(err, errors.New("the body goes on after its JSON object"))
	}
	return body, err
}

// refusal describes an answer with a status that should not be.
func (a *answer) refusal(want []int) (scimType, detail string) {
	if a.status < http.StatusBadRequest {
		return "", fmt.Sprintf("expected %s", strings.Trim(fmt.Sprint(want), "[]"))
	}
	scimType, _ = a.body["scimType"].(string)
	detail, _ = a.body["detail"].(string)
	if fault := a.checkError(); fault != nil {
		detail = fmt.Sprintf("%s (and it is no proper SCIM error: %v)", detail, fault)
	}
	return scimType, detail
}

// checkError checks the shape of an error (RFC 7644 section 3.12).
func (a *answer) checkError() error {
	switch {
	case a.fault != nil:
		return a.fault
	case a.body == nil:
		return errors.New("the error has no body")
	case !hasSchema(a.body, errorSchema):
		return fmt.Errorf("schemas lacks %s", errorSchema)
	}
	if status, ok := a.body["status"].(string); !ok || status != strconv.Itoa(a.status) {
		return fmt.Errorf("status in the body is %s, not the string %q", show(a.body["status"]), strconv.Itoa(a.status))
	}
	return nil
}
