package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// probe is what a check works with. The first thing that goes wrong decides: from
// then on requests are not sent and expectations not looked at, so that a check
// is written as what should happen, one line after the other.
type probe struct {
	*session
	ctx     context.Context
	failure *Failure
	blocked string
	skipped string
	sent    int
}

func (p *probe) over() bool { return p.failure != nil || p.blocked != "" || p.skipped != "" }

// fail ends the check: the server does not do what it has to.
func (p *probe) fail(a *answer, expected, got string) {
	if p.over() {
		return
	}
	p.failure = &Failure{Expected: expected, Got: got, Exchange: a.exchange()}
}

// block ends the check: what it starts from could not be made.
func (p *probe) block(format string, args ...any) {
	if !p.over() {
		p.blocked = fmt.Sprintf(format, args...)
	}
}

// skip ends the check: it does not apply to this server.
func (p *probe) skip(format string, args ...any) {
	if !p.over() {
		p.skipped = fmt.Sprintf(format, args...)
	}
}

// do sends a request.
func (p *probe) do(c call) *answer {
	a := &answer{p: p, call: c}
	if p.over() {
		return a
	}
	p.sent++
	r, err := p.send(p.ctx, c)
	if p.ctx.Err() != nil {
		p.block("the run was ended")
		return a
	}
	if err != nil {
		if errors.Is(err, errGone) {
			p.gone = err
		}
		p.fail(a, "an answer", err.Error())
		return a
	}
	a.reply = r
	if len(r.body) > 0 {
		a.value, a.invalid = decode(r.body)
	}
	return a
}

func (p *probe) get(path string, headers ...string) *answer {
	return p.do(call{method: "GET", path: path, headers: headers})
}

func (p *probe) post(path string, body any, headers ...string) *answer {
	return p.do(call{method: "POST", path: path, body: body, headers: headers})
}

func (p *probe) put(path string, body any, headers ...string) *answer {
	return p.do(call{method: "PUT", path: path, body: body, headers: headers})
}

func (p *probe) delete(path string, headers ...string) *answer {
	return p.do(call{method: "DELETE", path: path, headers: headers})
}

// patch sends a PatchOp message with the operations.
func (p *probe) patch(path string, operations ...doc) *answer {
	return p.do(call{method: "PATCH", path: path, body: patchOp(operations...)})
}

// change patches a resource, which must work, and reads it back.
func (p *probe) change(r *resource, operations ...doc) *answer {
	p.patch(r.at, operations...).status(200, 204)
	return p.read(r)
}

// read gets a resource.
func (p *probe) read(r *resource) *answer { return p.get(r.at).status(200) }

// query lists resources; the parameters are name, value, ….
func (p *probe) query(endpoint string, parameters ...string) *answer {
	return p.get(endpoint + "?" + queryString(parameters...))
}

// queryString encodes a space as %20: not every server reads + as one.
func queryString(parameters ...string) string {
	parts := make([]string, 0, len(parameters)/2)
	for i := 0; i+1 < len(parameters); i += 2 {
		parts = append(parts, parameters[i]+"="+strings.ReplaceAll(url.QueryEscape(parameters[i+1]), "+", "%20"))
	}
	return strings.Join(parts, "&")
}

func patchOp(operations ...doc) doc {
	all := make([]any, len(operations))
	for i, o := range operations {
		all[i] = o
	}
	return doc{"schemas": []any{patchURN}, "Operations": all}
}

func add(path string, value any) doc     { return operation("add", path, value) }
func replace(path string, value any) doc { return operation("replace", path, value) }
func remove(path string) doc             { return doc{"op": "remove", "path": path} }

// operation leaves the path out if it is "".
func operation(op, path string, value any) doc {
	o := doc{"op": op, "value": value}
	if path != "" {
		o["path"] = path
	}
	return o
}
