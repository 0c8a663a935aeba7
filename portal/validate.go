package portal

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
)

// checking is how requests are held against the document: the gate has asked
// for the credential already.
var checking = &openapi3filter.Options{
	AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	MultiError:         false,
}

// valid returns the request if it is one that the document describes.
func (p *Portal) valid(r *http.Request, op *operation, params gin.Params) (*http.Request, error) {
	if err := checkMediaType(r, op.route.Operation); err != nil {
		return nil, err
	}
	if err := checkQuery(r, op); err != nil {
		return nil, err
	}
	path := make(map[string]string, len(params))
	for _, param := range params {
		path[param.Key] = param.Value
	}
	err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, Route: op.route, Options: checking,
	})
	if err != nil {
		return nil, invalidRequest(err)
	}
	return r, nil
}

// checkMediaType refuses a body that is not of a kind the operation takes.
func checkMediaType(r *http.Request, op *openapi3.Operation) error {
	if op.RequestBody == nil || r.ContentLength == 0 {
		return nil
	}
	takes := op.RequestBody.Value.Content
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && takes.Get(media) != nil {
		return nil
	}
	var names []string
	for name := range takes {
		names = append(names, name)
	}
	slices.Sort(names)
	return &Problem{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type",
		Detail: "Send the body as " + strings.Join(names, " or ") + ", with that Content-Type."}
}

// checkQuery refuses parameters that the operation does not have: a filter with
// a misspelled name would select everything. It refuses bytes that are no text,
// too, which the document's patterns do not see and PostgreSQL does not take.
func checkQuery(r *http.Request, op *operation) error {
	for name, values := range r.URL.Query() {
		if !utf8.ValidString(strings.Join(values, "")) {
			return &Problem{Status: http.StatusBadRequest, Code: "invalid", Field: clip(name), Detail: "The parameter is not valid UTF-8."}
		}
		if !slices.Contains(op.query, name) {
			return &Problem{Status: http.StatusBadRequest, Code: "invalid", Field: clip(name),
				Detail: "This operation has no such query parameter; /api/docs lists those that it has."}
		}
	}
	return nil
}

// invalidRequest says what is wrong with a request, without repeating its
// values: they may be secrets.
func invalidRequest(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large",
			Detail: fmt.Sprintf("The body is larger than %d bytes. Send less at a time.", tooLarge.Limit)}
	}
	problem := &Problem{Status: http.StatusBadRequest, Code: "invalid", Detail: "The request is not one that this operation takes; /api/docs describes it.", cause: err}
	request, ok := errors.AsType[*openapi3filter.RequestError](err)
	if !ok {
		return problem
	}
	if request.Parameter != nil {
		problem.Field = request.Parameter.Name
		if request.Parameter.In == openapi3.ParameterInPath {
			return errNotFound // a malformed id names nothing
		}
	}
	if wrong, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		if path := wrong.JSONPointer(); len(path) > 0 {
			problem.Field = strings.Join(path, ".")
		}
		problem.Detail = sentence(upperFirst(wrong.Reason))
	} else if request.RequestBody != nil {
		problem.Detail = "The body cannot be read: it is not what its Content-Type says, or it is missing."
	} else {
		problem.Detail = sentence("The parameter cannot be read" + colon(request.Reason))
	}
	return problem
}

func colon(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
